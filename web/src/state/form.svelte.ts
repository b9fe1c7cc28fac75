/** The three fields of the connect form, remembered between visits. */

import { defaultAddress, parseAddress } from '../core/address';
import { recall, remember } from '../io/storage';

const GUESSED_ADDRESS = defaultAddress(location);

class Form {
  address = $state(recall('address') ?? GUESSED_ADDRESS);
  nick = $state(recall('nick') ?? '');
  room = $state(recall('room') ?? 'geral');
  /** The address was refused by `parse`; gone with the next attempt. */
  addressInvalid = $state(false);

  /** The address to open, or null after telling that there is none. */
  parse(): string | null {
    const address = parseAddress(this.address);
    this.addressInvalid = address === null;
    return address;
  }

  keep(): void {
    // The guess is not kept: opened from another server, the page should guess that one.
    remember('address', this.address === GUESSED_ADDRESS ? null : this.address);
    remember('nick', this.nick);
    remember('room', this.room);
  }
}

export const form = new Form();
