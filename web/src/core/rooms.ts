/** The rooms of a server as a session sees them, and who is in those that it is in. Pure: every change is a new value. */

import type { RoomInfo, RoomState } from './protocol.gen';

export interface Room {
  readonly id: number;
  /** As first written, without `#`. */
  readonly name: string;
  /** By which names are put in order; made once, for thousands of rooms are. */
  readonly sortKey: string;
  readonly joined: boolean;
  /** As the list of rooms said last; null when it has not yet. */
  readonly online: number | null;
  /** In the order of their names; null until they were asked for. */
  readonly members: readonly string[] | null;
  /** The members were told over this line, and changes keep them up to date. */
  readonly isFresh: boolean;
}

export type Rooms = ReadonlyMap<number, Room>;

const NAMES = new Intl.Collator('und', { sensitivity: 'base', numeric: true });

/** Their list as it is now: what is not in it is gone, unless the session is in it. */
export function listed(rooms: Rooms, infos: readonly RoomInfo[]): Rooms {
  const next = new Map([...rooms].filter(([, room]) => room.joined).map(([id, room]) => [id, { ...room, online: null as number | null }]));
  return changed(next, infos, []);
}

export function changed(rooms: Rooms, infos: readonly RoomInfo[], gone: readonly number[]): Rooms {
  const next = new Map(rooms);
  for (const id of gone) if (next.get(id)?.joined !== true) next.delete(id);
  for (const { id, name, online } of infos) {
    const known = next.get(id);
    next.set(id, { ...(known?.name === name ? known : named(known, id, name)), online });
  }
  return next;
}

/** In from now on. */
export function entered(rooms: Rooms, { id, name }: RoomState): Rooms {
  const room = named(rooms.get(id), id, name);
  return new Map(rooms).set(id, { ...room, joined: true, isFresh: false });
}

export function created(rooms: Rooms, { id, name }: RoomState): Rooms {
  return rooms.has(id) ? rooms : new Map(rooms).set(id, named(undefined, id, name));
}

export function left(rooms: Rooms, id: number): Rooms {
  const room = rooms.get(id);
  return room === undefined ? rooms : new Map(rooms).set(id, { ...room, joined: false, members: null, isFresh: false });
}

export function gone(rooms: Rooms, id: number): Rooms {
  const next = new Map(rooms);
  next.delete(id);
  return next;
}

/** A new line: the session is in exactly these, and what is known of their members is of the past. */
export function welcomed(rooms: Rooms, joined: readonly RoomState[]): Rooms {
  const ids = new Set(joined.map(({ id }) => id));
  const stale = [...rooms].map(([id, room]) => [id, { ...room, joined: room.joined && ids.has(id), isFresh: false }] as const);
  return joined.reduce<Rooms>(entered, new Map(stale));
}

/** Changes of its members were left out: they are asked for again when the room is looked at. */
export function stale(rooms: Rooms, id: number): Rooms {
  const room = rooms.get(id);
  return room === undefined ? rooms : new Map(rooms).set(id, { ...room, isFresh: false });
}

export function peopled(rooms: Rooms, id: number, members: readonly string[]): Rooms {
  return withMembers(rooms, id, () => [...members].sort(NAMES.compare), true);
}

export function came(rooms: Rooms, id: number, who: readonly string[]): Rooms {
  return withMembers(rooms, id, (members) => who.reduce(inserted, members));
}

export function went(rooms: Rooms, id: number, who: readonly string[]): Rooms {
  const names = new Set(who);
  return withMembers(rooms, id, (members) => members.filter((name) => !names.has(name)));
}

export function renamed(rooms: Rooms, id: number, from: string, to: string): Rooms {
  return came(went(rooms, id, [from]), id, [to]);
}

/** One's own new name, in every room at once. */
export function renamedSelf(rooms: Rooms, from: string, to: string): Rooms {
  return [...rooms.values()].reduce(
    (rooms, room) => (room.members?.includes(from) === true ? renamed(rooms, room.id, from, to) : rooms),
    rooms,
  );
}

/** Those that the session is in, by name; the others, busiest first. */
export function ordered(rooms: Rooms): { joined: Room[]; others: Room[] } {
  const all = [...rooms.values()].sort((one, other) => (one.sortKey < other.sortKey ? -1 : 1));
  return {
    joined: all.filter(({ joined }) => joined),
    others: all.filter(({ joined }) => !joined).sort((one, other) => (other.online ?? 0) - (one.online ?? 0)),
  };
}

/** Names are compared as the server does, as far as a page can: upper and lower case are the same. */
export function byName(rooms: Rooms, typed: string): Room | undefined {
  const name = folded(typed);
  return [...rooms.values()].find((room) => folded(room.name) === name);
}

export function roomName(typed: string): string {
  return typed.trim().replace(/^#/, '');
}

function folded(name: string): string {
  return roomName(name).normalize('NFKC').toLocaleLowerCase('und');
}

function named(room: Room | undefined, id: number, name: string): Room {
  const sortKey = folded(name).normalize('NFD').replace(/\p{M}/gu, '');
  return { joined: false, online: null, members: null, isFresh: false, ...room, id, name, sortKey };
}

function inserted(members: readonly string[], name: string): readonly string[] {
  if (members.includes(name)) return members;
  const at = members.findIndex((member) => NAMES.compare(member, name) > 0);
  return at < 0 ? [...members, name] : members.toSpliced(at, 0, name);
}

function withMembers(rooms: Rooms, id: number, change: (members: readonly string[]) => readonly string[], isFresh?: boolean): Rooms {
  const room = rooms.get(id);
  // Before the list is there, changes of it would be half a truth.
  if (room === undefined || (room.members === null && isFresh !== true)) return rooms;
  return new Map(rooms).set(id, { ...room, members: change(room.members ?? []), isFresh: isFresh ?? room.isFresh });
}
