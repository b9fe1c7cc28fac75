/** The real `papo`, started on ports of its own, and a text client on its TCP port. */

import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Ports {
  tcp: number;
  web: number;
}

export class Papo {
  private constructor(
    private readonly child: ChildProcess,
    readonly ports: Ports,
  ) {}

  /** The same page inside TLS, where it was started so. */
  get secureUrl(): string {
    return `https://127.0.0.1:${this.ports.web}/`;
  }

  get url(): string {
    return `http://127.0.0.1:${this.ports.web}/`;
  }

  /** `data`: the folder where it keeps everything; without it, it forgets. `more`: further options. */
  static async start({
    ports = { tcp: 0, web: 0 },
    data,
    more = [],
  }: { ports?: Ports; data?: string; more?: string[] } = {}): Promise<Papo> {
    const binary = process.env['PAPO_BIN'];
    if (!binary) throw new Error('PAPO_BIN must name the papo binary, built with the page in it');
    const store = data === undefined ? ['--store', 'memory'] : ['--store', 'sqlite', '--data', data];
    const options = `--port ${ports.tcp} --web-port ${ports.web} --flood off --lang pt-BR`;
    const child = spawn(binary, ['serve', ...options.split(' '), ...store, ...more], { stdio: ['ignore', 'pipe', 'inherit'] });
    return new Papo(child, await announced(child));
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Without a chance to say or write anything. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill(signal);
    await exit;
  }
}

/** The ports, from the lines that the server prints for people. */
function announced(child: ChildProcess): Promise<Ports> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`papo ended with ${code} before it listened: ${printed}`)));
    child.stdout?.on('data', (data: Buffer) => {
      printed += data.toString();
      const tcp = /\[ESCUTANDO\][^\n]*:(\d+)/.exec(printed)?.[1];
      const web = /http:\/\/127\.0\.0\.1:(\d+)\//.exec(printed)?.[1];
      if (tcp !== undefined && web !== undefined) resolve({ tcp: Number(tcp), web: Number(web) });
    });
  });
}

/** Speaks the framed text dialect: 4 bytes of length, then UTF-8. */
export class TextClient {
  #unread = Buffer.alloc(0);
  #frames: string[] = [];
  #waiting: (() => void)[] = [];

  private constructor(private readonly socket: Socket) {
    socket.on('error', () => undefined);
    socket.on('data', (data: Buffer) => this.#received(data));
  }

  static async connect(port: number, nick: string, room?: string): Promise<TextClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new TextClient(socket);
    client.send(`/nick ${nick}`);
    await client.until((frame) => frame.startsWith('[SYS]') && frame.includes(nick));
    if (room === undefined) return client;
    client.send(`/join ${room}`);
    await client.until((frame) => frame.startsWith('[SYS]') && frame.includes(`#${room}`));
    return client;
  }

  send(text: string): void {
    const body = Buffer.from(text);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(body.length);
    this.socket.write(Buffer.concat([length, body]));
  }

  /** The next frame that matches; those before it are passed over. */
  async until(matches: (frame: string) => boolean, withinMs = 10_000): Promise<string> {
    const end = Date.now() + withinMs;
    for (;;) {
      for (let frame = this.#frames.shift(); frame !== undefined; frame = this.#frames.shift()) {
        if (matches(frame)) return frame;
      }
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => reject(new Error('no such frame came')), Math.max(0, end - Date.now()));
        this.#waiting.push(() => (clearTimeout(late), resolve()));
      });
    }
  }

  /** The next message in any room. */
  async hears(withinMs?: number): Promise<string> {
    return this.until((frame) => frame.startsWith('[#'), withinMs);
  }

  async close(): Promise<void> {
    const closed = once(this.socket, 'close');
    this.send('/quit');
    await closed;
  }

  #received(data: Buffer): void {
    this.#unread = Buffer.concat([this.#unread, data]);
    while (this.#unread.length >= 4) {
      const length = this.#unread.readUInt32BE(0);
      if (this.#unread.length < 4 + length) break;
      this.#frames.push(this.#unread.subarray(4, 4 + length).toString());
      this.#unread = this.#unread.subarray(4 + length);
    }
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

/** A road between page and server that the test can cut and mend. */
export class Road {
  #open = true;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async to(port: number): Promise<Road> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the road has no port');
    const road = new Road(server, address.port);
    server.on('connection', (near) => road.#lead(near, port));
    return road;
  }

  cut(): void {
    this.#open = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#open = true;
  }

  close(): void {
    this.cut();
    this.server.close();
  }

  #lead(near: Socket, port: number): void {
    if (!this.#open) return void near.destroy();
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.pipe(other);
      one.on('error', () => undefined);
      one.on('close', () => (this.#sockets.delete(one), other.destroy()));
    }
  }
}

/** `papo bridge` to a server's TCP port. */
export async function bridgeTo(tcp: number): Promise<{ address: string; close(): void }> {
  const options = `bridge --ws-host 127.0.0.1 --ws-port 0 --chat-port ${tcp} --lang pt-BR --origin *`;
  const child = spawn(process.env['PAPO_BIN'] ?? 'papo', options.split(' '), { stdio: ['ignore', 'pipe', 'inherit'] });
  const port = await new Promise<string>((resolve, reject) => {
    let printed = '';
    child.on('error', reject);
    child.on('exit', (code) => reject(new Error(`the bridge ended with ${code} before it listened: ${printed}`)));
    child.stdout.on('data', (data: Buffer) => {
      printed += data.toString();
      const port = /WebSocket em [^\s,]*:(\d+)/.exec(printed)?.[1];
      if (port !== undefined) resolve(port);
    });
  });
  return { address: `ws://127.0.0.1:${port}/`, close: () => child.kill() };
}

/** Somebody who answers to WebSocket, but agrees on no subprotocol: an old server, or a bridge. */
export async function oldServer(): Promise<{ address: string; close(): void }> {
  const server = createHttpServer();
  server.on('upgrade', (request, socket) => {
    const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.on('error', () => undefined);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('the old server has no port');
  return { address: `ws://127.0.0.1:${at.port}/`, close: () => (server.close(), server.closeAllConnections()) };
}
