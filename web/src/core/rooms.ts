/** The rooms of a server as a session sees them, and who is in those that it is in. Pure: every change is a new value. */

import type { Kind, Ranked, Role, RoomChange, RoomInfo, RoomState } from './protocol.gen';

export interface Room {
  readonly id: number;
  /** As first written, without `#`. */
  readonly name: string;
  /** By which names are put in order; made once, for thousands of rooms are. */
  readonly sortKey: string;
  readonly joined: boolean;
  readonly kind: Kind;
  /** What the reader is in it. */
  readonly role: Role;
  /** What it is about; may be empty. */
  readonly topic: string;
  /** Only moderators may post. */
  readonly readonly: boolean;
  /** Seconds between two messages of one person; 0 for no wait. */
  readonly slow: number;
  /** As the list of rooms said last; null when it has not yet. */
  readonly online: number | null;
  /** In the order of their names; null until they were asked for. */
  readonly members: readonly string[] | null;
  /** Who looks after it, there or not, as far as the page was told. */
  readonly roles: ReadonlyMap<string, Role>;
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
  for (const { id, name, online, private: isPrivate = false } of infos) {
    const known = next.get(id);
    next.set(id, { ...(known?.name === name ? known : named(known, id, name)), online, kind: isPrivate ? 'private' : 'public' });
  }
  return next;
}

/** In from now on. */
export function entered(rooms: Rooms, state: RoomState): Rooms {
  const { id, name, kind, role, topic, readonly = false, slow = 0 } = state;
  const room = named(rooms.get(id), id, name);
  return new Map(rooms).set(id, { ...room, joined: true, isFresh: false, kind, role, topic, readonly, slow });
}

/** Something was changed in it. `me`: the reader's name. */
export function altered(rooms: Rooms, id: number, change: RoomChange, me: string): Rooms {
  const room = rooms.get(id);
  if (room === undefined) return rooms;
  const next = (changed: Partial<Room>) => new Map(rooms).set(id, { ...room, ...changed });
  switch (change.of) {
    case 'topic':
      return next({ topic: change.topic });
    case 'private':
      return next({ kind: change.on ? 'private' : 'public' });
    case 'readonly':
      return next({ readonly: change.on });
    case 'slow':
      return next({ slow: change.seconds });
    case 'role':
      return next({ roles: new Map(room.roles).set(change.who, change.role), ...(change.who === me ? { role: change.role } : {}) });
    case 'removed':
      return went(rooms, id, [change.who]);
    default:
      return rooms;
  }
}

/** The session is an account from now on, which is a member at least wherever it is. */
export function loggedIn(rooms: Rooms): Rooms {
  return new Map([...rooms].map(([id, room]) => [id, room.joined && room.role === 'guest' ? { ...room, role: 'member' as const } : room]));
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

export function peopled(rooms: Rooms, id: number, members: readonly string[], ranked: readonly Ranked[]): Rooms {
  const next = withMembers(rooms, id, () => [...members].sort(NAMES.compare), true);
  const room = next.get(id);
  return room === undefined ? next : new Map(next).set(id, { ...room, roles: new Map(ranked.map(({ who, role }) => [who, role])) });
}

export function came(rooms: Rooms, id: number, who: readonly string[]): Rooms {
  return withMembers(rooms, id, (members) => who.reduce(inserted, members));
}

export function went(rooms: Rooms, id: number, who: readonly string[]): Rooms {
  const names = new Set(who);
  return withMembers(rooms, id, (members) => members.filter((name) => !names.has(name)));
}

export function renamed(rooms: Rooms, id: number, from: string, to: string): Rooms {
  const next = came(went(rooms, id, [from]), id, [to]);
  const room = next.get(id);
  const role = room?.roles.get(from);
  if (room === undefined || role === undefined) return next;
  return new Map(next).set(id, { ...room, roles: new Map([...room.roles].filter(([name]) => name !== from)).set(to, role) });
}

/** One's own new name, in every room at once. */
export function renamedSelf(rooms: Rooms, from: string, to: string): Rooms {
  return [...rooms.values()].reduce(
    (rooms, room) => (room.members?.includes(from) === true ? renamed(rooms, room.id, from, to) : rooms),
    rooms,
  );
}

/**
 * Conversations of two and the rooms that the session is in, by name; the others, busiest first. A name means the
 * private room before a public one, which is therefore not shown: it could not be entered.
 */
export function ordered(rooms: Rooms): { directs: Room[]; joined: Room[]; others: Room[] } {
  const all = [...rooms.values()].sort((one, other) => (one.sortKey < other.sortKey ? -1 : 1));
  const taken = new Set(all.filter(({ kind }) => kind === 'private').map(({ name }) => folded(name)));
  return {
    directs: all.filter(({ joined, kind }) => joined && kind === 'direct'),
    joined: all.filter(({ joined, kind }) => joined && kind !== 'direct'),
    others: all.filter(({ joined, kind, name }) => !joined && kind !== 'direct' && (kind === 'private' || !taken.has(folded(name)))).sort((one, other) => (other.online ?? 0) - (one.online ?? 0)),
  };
}

/** Names are compared as the server does, as far as a page can: upper and lower case are the same. */
export function byName(rooms: Rooms, typed: string): Room | undefined {
  const name = folded(typed);
  return [...rooms.values()].find((room) => room.kind !== 'direct' && folded(room.name) === name);
}

/** The conversation with somebody. */
export function withPerson(rooms: Rooms, typed: string): Room | undefined {
  const name = folded(typed);
  return [...rooms.values()].find((room) => room.kind === 'direct' && room.joined && folded(room.name) === name);
}

/** Whether somebody is in one of the reader's rooms now. False: nobody can tell. */
export function isSeen(rooms: readonly Room[], name: string): boolean {
  return rooms.some((room) => room.kind !== 'direct' && room.isFresh && room.members?.includes(name) === true);
}

export function roomName(typed: string): string {
  return typed.trim().replace(/^#/, '');
}

function folded(name: string): string {
  return roomName(name).normalize('NFKC').toLocaleLowerCase('und');
}

function named(room: Room | undefined, id: number, name: string): Room {
  const sortKey = folded(name).normalize('NFD').replace(/\p{M}/gu, '');
  return { ...UNKNOWN, ...room, id, name, sortKey };
}

/** What the list of rooms does not tell. */
const UNKNOWN: Omit<Room, 'id' | 'name' | 'sortKey'> = {
  joined: false,
  kind: 'public',
  role: 'guest',
  topic: '',
  readonly: false,
  slow: 0,
  online: null,
  members: null,
  roles: new Map(),
  isFresh: false,
};

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
