import { describe, expect, it } from 'vitest';
import { step, type Effect, type Input } from './connection';
import { compose, decode } from './frame';
import { canPost, deadline, OFFLINE, PENDING_POSTINGS, type Connection } from './phase';
import { wishFor } from './wish';

/** A page whose clock and server are this test: drives the machine and writes down what it asks for. */
class Page {
  c: Connection = OFFLINE;
  now = 0;
  said: string[] = [];
  #postings = 0;

  do(input: Input): this {
    const [next, effects] = step(this.c, input, { now: this.now, random: 1 });
    this.c = next;
    this.said.push(...effects.map(line));
    return this;
  }

  connect(nick = 'ana', room = 'geral'): this {
    return this.do({ is: 'connect', address: 'ws://papo/', wish: wishFor(nick, room) });
  }

  frame(raw: string): this {
    return this.do({ is: 'frame', frame: decode(raw) });
  }

  type(text: string): this {
    const posting = compose(text);
    if (posting === null) throw new Error('nothing to post');
    return this.do({ is: 'post', id: this.#postings++, posting });
  }

  /** Lets time pass to the next deadline. */
  wait(): this {
    this.now = deadline(this.c) ?? this.now;
    return this.do({ is: 'time' });
  }

  online(): this {
    return this.connect().do({ is: 'opened' }).frame('Bem-vindo').frame('[SYS] ok').check().clear();
  }

  clear(): this {
    this.said = [];
    return this;
  }

  check(phase = 'online'): this {
    expect(this.c.phase.at).toBe(phase);
    return this;
  }

  /** What was asked of the driver since the last look. */
  expect(...lines: string[]): this {
    expect(this.said).toEqual(lines);
    return this.clear();
  }
}

function line(effect: Effect): string {
  switch (effect.do) {
    case 'open':
      return `open ${effect.address}`;
    case 'close':
      return 'close';
    case 'transmit':
      return `> ${effect.text}`;
    case 'show':
      return `show ${effect.frame.text}`;
    case 'settle':
      return `${effect.delivery} ${effect.id}`;
    case 'mark':
      return effect.event;
  }
}

describe('the first connect', () => {
  it('asks for the name after the welcome, and for the room after the name', () => {
    new Page()
      .connect()
      .expect('open ws://papo/')
      .do({ is: 'opened' })
      .expect()
      .frame('[SYS] Bem-vindo')
      .expect('show Bem-vindo', '> /nick ana')
      .frame('[SYS] Agora você é ana')
      .expect('show Agora você é ana', '> /join geral')
      .check();
  });

  it('shows a refused name to the person instead of making a guest', () => {
    const page = new Page().connect().do({ is: 'opened' }).frame('Bem-vindo').clear().frame('[ERRO] em uso');
    page.expect('close').check('idle');
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'name', words: 'em uso' } });
  });

  it('asks a server that does not greet', () => {
    new Page().connect().do({ is: 'opened' }).clear().wait().expect('> /nick ana').check('naming');
  });

  it('does not take the greeting of a bridge for the server’s', () => {
    new Page()
      .connect()
      .do({ is: 'opened' })
      .clear()
      .frame('[bridge] conectado ao chat TCP 127.0.0.1:12345')
      .expect('show conectado ao chat TCP 127.0.0.1:12345')
      .frame('[SYS] Bem-vindo')
      .expect('show Bem-vindo', '> /nick ana');
  });

  it('goes on without a name or a room when the fields are empty', () => {
    new Page().connect('', '').do({ is: 'opened' }).clear().frame('oi').expect('show oi').check();
    new Page().connect('', '#jogos').do({ is: 'opened' }).clear().frame('oi').expect('show oi', '> /join jogos');
  });

  it('takes a server that does not answer for one that is gone', () => {
    const page = new Page().connect().do({ is: 'opened' }).frame('Bem-vindo').clear().wait().expect('close');
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'closed', words: '' } });
    expect(page.now).toBe(20_000);
    page.online().do({ is: 'closed' }).wait().do({ is: 'opened' }).frame('oi').clear().wait().expect('close').check('waiting');
  });

  it('takes an untagged answer for agreement when no error follows', () => {
    const page = new Page().connect().do({ is: 'opened' }).frame('Bem-vindo').frame('* agora você é ana').check('naming');
    page.clear().wait().expect('> /join geral').check();
  });

  it('reports a server that cannot be reached or that hangs up', () => {
    expect(new Page().connect().do({ is: 'closed' }).c.phase).toEqual({ at: 'idle', ending: { why: 'unreachable' } });
    expect(new Page().connect().wait().expect('open ws://papo/', 'close').c.phase).toEqual({
      at: 'idle',
      ending: { why: 'unreachable' },
    });
    expect(new Page().connect().do({ is: 'opened' }).frame('[ERRO] cheio').do({ is: 'closed' }).c.phase).toEqual({
      at: 'idle',
      ending: { why: 'closed', words: 'cheio' },
    });
  });
});

describe('a lost connection', () => {
  it('comes back by itself with the same name and room', () => {
    new Page()
      .online()
      .do({ is: 'closed' })
      .expect('lost')
      .check('waiting')
      .wait()
      .expect('open ws://papo/')
      .do({ is: 'opened' })
      .frame('Bem-vindo')
      .expect('> /nick ana')
      .frame('[SYS] ok')
      .expect('show ok', '> /join geral', 'back')
      .check();
  });

  it('waits longer each time, and briefly again after a steady while', () => {
    const page = new Page().online().do({ is: 'closed' });
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const from = page.now;
      page.wait();
      waits.push(page.now - from);
      page.do({ is: 'closed' });
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    page.wait().do({ is: 'opened' }).frame('oi').frame('[SYS] ok').check();
    page.now += 60_000;
    page.do({ is: 'closed' });
    expect((deadline(page.c) ?? 0) - page.now).toBe(1_000);
  });

  it('tries at once when the network is back', () => {
    new Page().online().do({ is: 'closed' }).clear().do({ is: 'hurry' }).expect('open ws://papo/').check('opening');
  });

  it('repeats the question for its own name until it is free', () => {
    const page = new Page().online().do({ is: 'closed' }).wait().do({ is: 'opened' }).frame('oi').clear();
    for (let i = 0; i < 3; i++) page.frame('[ERRO] em uso').expect().wait().expect('> /nick ana');
    page.frame('[SYS] ok').expect('show ok', '> /join geral', 'back').check();
  });

  it('gives the question up when the name stays taken, and says so', () => {
    const page = new Page().online().do({ is: 'closed' }).wait().do({ is: 'opened' }).frame('oi');
    const from = page.now;
    while (page.c.phase.at === 'naming') page.frame('[ERRO] em uso').wait();
    expect(page.c.phase).toEqual({ at: 'idle', ending: { why: 'name', words: 'em uso' } });
    expect(page.now - from).toBeGreaterThanOrEqual(90_000);
    expect(page.now - from).toBeLessThan(110_000);
  });

  it('sends nothing under a wrong name: what is typed waits, in order, and is bounded', () => {
    const page = new Page().online().do({ is: 'closed' }).clear().type('um').type('dois').expect();
    page.wait().do({ is: 'opened' }).frame('oi').frame('[ERRO] em uso').clear().type('três').expect();
    page.wait().clear().frame('[SYS] ok');
    page.expect('show ok', '> /join geral', 'back', '> um', 'sent 0', '> dois', 'sent 1', '> três', 'sent 2');

    page.do({ is: 'closed' });
    for (let i = 0; i < PENDING_POSTINGS; i++) page.type('x');
    expect(canPost(page.c)).toBe(false);
    page.clear().type('demais').expect('failed 53');
  });

  it('marks what was waiting as failed when the person disconnects', () => {
    new Page().online().do({ is: 'closed' }).clear().type('oi').do({ is: 'disconnect' }).expect('close', 'failed 0').check('idle');
  });

  it('asks for a name typed meanwhile at once', () => {
    const page = new Page().online().do({ is: 'closed' }).wait().do({ is: 'opened' }).frame('oi').frame('[ERRO] em uso');
    page.clear().type('/nick bia').expect('sent 0', '> /nick bia').frame('[SYS] ok').expect('show ok', '> /join geral', 'back');
  });

  it('asks for a name typed while another is being asked for as soon as that is answered', () => {
    const page = new Page().online().do({ is: 'closed' }).wait().do({ is: 'opened' }).frame('oi');
    page.clear().type('/nick bia').expect('sent 0').frame('[SYS] ok').expect('> /nick bia');
    page.frame('[SYS] ok').expect('show ok', '> /join geral', 'back').check();
  });
});

describe('typed commands', () => {
  it('are what a reconnect asks for', () => {
    const page = new Page().online().type('/nick bia').frame('[SYS] ok').type('/join #jogos').frame('[SYS] ok').type('oi');
    page.do({ is: 'closed' }).wait().do({ is: 'opened' }).clear().frame('oi').frame('[SYS] ok');
    page.expect('> /nick bia', 'show ok', '> /join jogos', 'back');
  });

  it('that are refused leave the wish as it was', () => {
    const page = new Page().online().type('/nick admin').frame('[ERRO] reservado');
    expect(page.c.wish.nick).toBe('ana');
    page.type('/join jogos').type('oi').frame('[ERRO] outra coisa');
    expect(page.c.wish.room).toBe('jogos');
  });

  it('stay out of every room after /leave', () => {
    const page = new Page().online().type('/leave').do({ is: 'closed' }).wait().do({ is: 'opened' }).frame('oi').clear();
    page.frame('[SYS] ok').expect('show ok', '> /leave', 'back');
  });

  it('end the conversation with /quit', () => {
    new Page().online().type('/quit').expect('> /quit', 'sent 0').frame('[SYS] Até logo').do({ is: 'closed' }).check('idle');
    new Page().online().do({ is: 'closed' }).clear().type('/quit').expect('sent 0', 'close').check('idle');
  });
});
