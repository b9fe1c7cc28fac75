/** What an answer to a command changes in a conversation, and how it is told to whoever typed the command. */

import type { Ask, Command } from './ask';
import type { Answer } from './codec';
import type { Told } from './connection';
import type { Conversation } from './conversation';
import type { TextKey, Words } from './language';
import * as moderation from './moderation';
import { failed, said, type Note } from './note';
import type { RoomChange } from './protocol.gen';
import * as list from './rooms';

/** Lines of a list that are told in the conversation; the panels beside it show all. */
const LINES = 50;

export function answered(talk: Conversation, ask: Ask, answer: Answer, now: number): Ask[] {
  const note = (note: Note, room = ask.room) => talk.note(note, room, now);
  const typed = ask.by === 'typed';
  switch (answer.to) {
    case 'join': {
      const known = talk.rooms.get(answer.room.id)?.joined === true;
      talk.enter(answer.room);
      talk.wished = '';
      const asks = talk.show(answer.room.id);
      if (answer.cut) note(said({ key: 'nameCut', values: { name: answer.room.name } }), answer.room.id);
      else if (typed && !known) note(said({ key: 'youEntered', values: { room: answer.room.name } }), answer.room.id);
      return asks;
    }
    case 'leave': {
      const name = talk.name(answer.room);
      const asks = talk.leave(answer.room, false);
      if (typed) note(said({ key: 'youLeft', values: { room: name } }), talk.open);
      return asks;
    }
    case 'create':
      talk.rooms = list.created(talk.rooms, answer.room);
      note(said({ key: answer.existed ? 'roomExists' : 'roomCreated', values: { room: answer.room.name } }));
      return [];
    case 'direct': {
      talk.enter(answer.room);
      return ask.by === 'page' ? [] : talk.show(answer.room.id);
    }
    case 'login':
    case 'register':
      talk.rename(answer.nick);
      talk.becomes({ id: answer.account, admin: answer.admin });
      note(said({ key: answer.to === 'login' ? 'loggedIn' : 'registered', values: { nick: answer.nick } }));
      return [];
    case 'logout':
      talk.rename(answer.nick);
      talk.becomes(null);
      return [];
    case 'redact':
      if (typed) note(said({ key: answer.count === 1 ? 'redactedOne' : 'redactedOther', values: { n: answer.count } }));
      return [];
    case 'done':
      return done(talk, ask, now);
    case 'nick':
      talk.rename(answer.nick);
      note(said({ key: answer.cut ? 'nickCut' : 'nickIs', values: { nick: answer.nick } }));
      return [];
    case 'rooms':
      talk.rooms = list.listed(talk.rooms, answer.rooms);
      if (typed) note(said(...lines({ key: 'roomsTotal', values: { n: answer.rooms.length } }, roomLines(talk))));
      return [];
    case 'who':
      talk.rooms = list.peopled(talk.rooms, answer.room, answer.members, answer.roles ?? []);
      if (typed) note(said(...whoLines(talk, answer.room)));
      return [];
    case 'history':
      return paged(talk, ask, answer, note);
    default:
      return [];
  }
}

/** It was done. Whoever did it is told of it by this alone: the frames about it go to the others. */
function done(talk: Conversation, { command, by, room }: Ask, now: number): Ask[] {
  const note = (note: Note) => talk.note(note, room, now);
  if (command.do === 'close') {
    return moderation.removed(talk, { is: 'removed', room: command.room, by: talk.nick, why: '', banned: false, closed: true }, now);
  }
  if (command.do === 'ignore') talk.ignore([...talk.ignored, command.who]);
  if (command.do === 'unignore') talk.ignore([...talk.ignored].filter((name) => name !== command.who));
  const change = changeOf(command);
  if (change !== null && 'room' in command && typeof command.room === 'number') {
    talk.rooms = list.altered(talk.rooms, command.room, change, talk.nick);
  }
  const key = DONE[command.do];
  if (key !== undefined && by !== 'page') note(said({ key, values: 'who' in command ? { who: command.who ?? '' } : {} }));
  else if (by === 'typed') note(said({ key: 'done' }));
  return [];
}

const DONE: Partial<Record<Ask['command']['do'], TextKey>> = {
  ignore: 'nowIgnored',
  unignore: 'notIgnored',
  invite: 'wasInvited',
  unban: 'wasUnbanned',
  report: 'wasReported',
};

/** What a command that was done has changed in its room. */
function changeOf(command: Command): RoomChange | null {
  switch (command.do) {
    case 'topic':
      return { of: 'topic', topic: command.topic };
    case 'private':
    case 'readonly':
      return { of: command.do, on: command.on };
    case 'slow':
      return { of: 'slow', seconds: command.seconds };
    case 'kick':
    case 'ban':
      return { of: 'removed', who: command.who, banned: command.do === 'ban' };
    case 'op':
    case 'deop':
      return { of: 'role', who: command.who, role: command.do === 'op' ? 'moderator' : 'member' };
    default:
      return null;
  }
}

export function refused(talk: Conversation, { ask, words }: Extract<Told, { is: 'refused' }>, now: number): Ask[] {
  if (ask.command.do === 'history') {
    const place = talk.at(ask.command.room);
    place.isFilling = false;
    place.fillTrouble = words;
  }
  // The wished room is asked for again over the next line; a refusal is told.
  const wasWished = ask.command.do === 'join' && ask.by === 'page';
  if (wasWished && words !== null) talk.wished = '';
  else if (ask.by === 'page' || ask.by === 'form') return [];
  talk.note(failed(words === null ? { key: 'noLine' } : { raw: words }), ask.room, now);
  return [];
}

function paged(talk: Conversation, ask: Ask, answer: Extract<Answer, { to: 'history' }>, note: (note: Note) => void): Ask[] {
  const { command } = ask;
  const place = talk.at(answer.room);
  place.isFilling = false;
  if (command.do !== 'history' || place === talk.lobby) return [];
  place.timeline.page(command, answer);
  const n = answer.events.length;
  if (ask.by === 'typed') note(said(n === 0 ? { key: 'historyWhole' } : { key: 'historyLoaded', values: { n } }));
  return [];
}

function roomLines(talk: Conversation): string[] {
  const { joined, others } = list.ordered(talk.rooms);
  return [...joined, ...others].map(({ name, online, joined }) => `${joined ? '●' : '○'} #${name}${online === null ? '' : ` · ${online}`}`);
}

function whoLines(talk: Conversation, room: number): Words[] {
  const members = talk.rooms.get(room)?.members ?? [];
  return lines({ key: 'membersTotal', values: { room: talk.name(room), n: members.length } }, [...members]);
}

function lines(title: Words, rest: string[]): Words[] {
  const left = rest.length - LINES;
  const more: Words[] = left > 0 ? [{ key: 'andMore', values: { n: left } }] : [];
  return [title, ...rest.slice(0, LINES).map((raw): Words => ({ raw })), ...more];
}
