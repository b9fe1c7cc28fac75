/** The fields of the connect form, remembered between visits; a password never is. */

import { defaultAddress, inviteIn, isAtHome, parseAddress } from '../core/address';
import { recall, remember } from '../io/storage';
import { takeHash } from '../io/surroundings';

const GUESSED_ADDRESS = defaultAddress(location);

class Form {
  address = $state(recall('address') ?? GUESSED_ADDRESS);
  nick = $state(recall('nick') ?? '');
  room = $state(recall('room') ?? 'geral');
  /** The account of the browser's login, as far as the page was told: the cookie itself it cannot see. */
  account = $state(recall('account'));
  /** From a link of invitation. */
  invite = $state(inviteIn(takeHash()) ?? '');
  /** How to come in. */
  way: 'guest' | 'login' | 'register' = $state(this.invite === '' ? 'guest' : 'register');
  /** The address was refused by `parse`; gone with the next attempt. */
  addressInvalid = $state(false);

  /** The address to open, or null after telling that there is none. */
  parse(): string | null {
    const address = parseAddress(this.address);
    this.addressInvalid = address === null;
    return address;
  }

  /** The browser has an account's cookie for the server at the address. */
  get isLoggedIn(): boolean {
    return this.account !== null && isAtHome(location, parseAddress(this.address) ?? '');
  }

  loggedIn(account: string | null): void {
    if (account === this.account) return;
    this.account = account;
    remember('account', account);
  }

  keep(): void {
    // The guess is not kept: opened from another server, the page should guess that one.
    remember('address', this.address === GUESSED_ADDRESS ? null : this.address);
    remember('nick', this.nick);
    remember('room', this.room);
  }
}

export const form = new Form();
