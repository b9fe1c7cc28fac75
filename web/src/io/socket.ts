/** One WebSocket at a time; events of a socket that was left behind never arrive. */

export interface SocketEvents {
  /** `protocol`: the one of those offered that the server chose; empty when it chose none. */
  opened(protocol: string): void;
  received(text: string): void;
  closed(): void;
}

export class Socket {
  #socket: WebSocket | null = null;

  constructor(private readonly events: SocketEvents) {}

  open(address: string, protocols: string[]): void {
    this.close();
    let socket: WebSocket;
    try {
      socket = new WebSocket(address, protocols);
    } catch {
      // A page from https may not open ws: the browser refuses by throwing, and later than our caller's turn.
      queueMicrotask(() => this.events.closed());
      return;
    }
    this.#socket = socket;
    const current = () => this.#socket === socket;
    socket.onopen = () => current() && this.events.opened(socket.protocol);
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (current() && typeof event.data === 'string') this.events.received(event.data);
    };
    socket.onclose = () => {
      if (!current()) return;
      this.#socket = null;
      this.events.closed();
    };
  }

  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(1000);
  }
}
