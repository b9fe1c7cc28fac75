/** What can be done with a person, a message and a room, by whoever looks at it. */

import { isOver, may } from '../core/rights';
import type { Room } from '../core/rooms';
import type { Entry } from '../core/timeline';
import { copy } from '../io/surroundings';
import { chat } from './chat.svelte';
import { dialogs } from './dialogs.svelte';
import { t } from './texts.svelte';

export interface Choice {
  label: string;
  isGrave?: boolean;
  act: () => void;
}

const only = (...choices: (Choice | false)[]): Choice[] => choices.filter((choice) => choice !== false);

export function aboutPerson(room: Room, who: string): Choice[] {
  const isIgnored = chat.ignored.has(who);
  const restricts = may(room, 'restrict') && isOver(room, who);
  const appoints = may(room, 'appoint') && isOver(room, who);
  const isModerator = room.roles.get(who) === 'moderator';
  return only(
    { label: t('writeTo', { who }), act: () => chat.meet(who) },
    { label: t(isIgnored ? 'unignorePerson' : 'ignorePerson'), act: () => chat.order({ do: isIgnored ? 'unignore' : 'ignore', who }) },
    restricts && { label: t('kickPerson'), act: () => dialogs.act('kick', room.id, who) },
    restricts && { label: t('mutePerson'), act: () => dialogs.act('mute', room.id, who) },
    restricts && { label: t('unmutePerson'), act: () => chat.order({ do: 'unmute', room: room.id, who }) },
    appoints && { label: t(isModerator ? 'deopPerson' : 'opPerson'), act: () => chat.order({ do: isModerator ? 'deop' : 'op', room: room.id, who }) },
    may(room, 'redact_other') && { label: t('redactPerson'), isGrave: true, act: () => dialogs.act('redact_person', room.id, who) },
    restricts && { label: t('banPerson'), isGrave: true, act: () => dialogs.act('ban', room.id, who) },
  );
}

export function aboutMessage(room: Room, { seq, author, own, text }: Entry): Choice[] {
  return only(
    text !== null && { label: t('copyText'), act: () => void copy(text) },
    !own && room.kind !== 'direct' && { label: t('writeTo', { who: author }), act: () => chat.meet(author) },
    !own && may(room, 'report') && { label: t('reportMessage'), act: () => dialogs.act('report', room.id, '', seq) },
    (own || may(room, 'redact_other')) && { label: t('deleteMessage'), isGrave: true, act: () => dialogs.act('redact', room.id, '', seq) },
  );
}

export function aboutRoom(room: Room): Choice[] {
  const { id, kind, readonly } = room;
  const isPrivate = kind === 'private';
  const calms = may(room, 'calm');
  const hides = may(room, 'hide');
  return only(
    may(room, 'invite') && { label: t('invitePerson'), act: () => dialogs.act('invite', id) },
    may(room, 'topic') && { label: t('changeTopic'), act: () => dialogs.act('topic', id) },
    may(room, 'report') && { label: t('reportRoom'), act: () => dialogs.act('report', id) },
    calms && { label: t(readonly ? 'makeWritable' : 'makeReadonly'), act: () => chat.order({ do: 'readonly', room: id, on: !readonly }) },
    calms && { label: t('slowDown'), act: () => dialogs.act('slow', id) },
    may(room, 'restrict') && { label: t('unbanSomebody'), act: () => dialogs.act('unban', id) },
    may(room, 'audit') && { label: t('auditLog'), act: () => dialogs.show({ is: 'audit', room: id }) },
    hides && { label: t(isPrivate ? 'makePublic' : 'makePrivate'), act: () => chat.order({ do: 'private', room: id, on: !isPrivate }) },
    { label: t('leave'), act: () => chat.leave(id) },
    may(room, 'close') && { label: t('closeRoom'), isGrave: true, act: () => dialogs.act('close', id) },
  );
}
