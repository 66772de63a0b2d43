// The list of chats and the choice of who one is.

import { store, keyOf, unread, inside, threadOf, keep, load, now } from './store.js';
import { $, el, icon, chatFace, personFace, hhmm, dayOf, toast } from './dom.js';

export function drawSide(go) {
  const list = $('chats');
  const focus = document.activeElement?.dataset?.key;
  list.replaceChildren(...store.world.chats.map((chat) => item(chat, go)));
  if (focus) list.querySelector(`[data-key="${CSS.escape(focus)}"]`)?.focus();
  const who = $('who');
  const focused = who.contains(document.activeElement) && document.activeElement.dataset.id;
  who.replaceChildren(el('div', { class: 'who-title' }, 'You are'), ...store.world.people.map(choice));
  if (focused) who.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}

const kinds = {
  supergroup: 'M4 6h12v9H9l-4 3v-3H4zM19 9h1.500v9H19v2.500L16 18h-5',
  group: 'M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.500 19a5.500 5.500 0 0 1 11 0M16 11a2.500 2.500 0 1 0 0-5M17 14a4.500 4.500 0 0 1 4 5',
  channel: 'M4 10v4h4l9 4V6l-9 4zM8 14l1 5h2.500',
};

function item(chat, go) {
  const key = keyOf(chat);
  const last = chat.messages.at(-1);
  const n = unread(chat);
  return el('button', { type: 'button', class: 'chat', 'data-key': key, 'aria-current': String(store.key === key), onclick: () => go(key) },
    chatFace(chat),
    el('div', {},
      el('div', { class: 'chat-top' }, el('b', {}, kinds[chat.type] && icon(kinds[chat.type], 'kind'), chat.title), last && el('small', {}, when(last.date))),
      el('div', { class: 'chat-bottom' }, el('span', { class: 'chat-last' }, ...preview(chat, last)), n > 0 && el('span', { class: 'badge', 'aria-label': n + ' unread' }, String(n)))));
}

// when is the hour today, else the weekday, else the date.
const when = (t) => {
  if (dayOf(t) === dayOf(now())) return hhmm(t);
  return now() - new Date(t) < 6 * 864e5 ? dayOf(t).split(' ')[0] : dayOf(t).replace(/^\S+ /, '');
};

// preview is the last message on one line, with its topic or author.
function preview(chat, m) {
  if (!m) return [chat.type === 'private' ? 'Press Start to begin' : 'No messages yet'];
  if (!inside(chat)) return ['You are not a member'];
  if (m.service) return [m.service.name ? 'Topic “' + m.service.name + '”' : 'News in the group'];
  const text = (m.text || 'Photo').replace(/\s+/g, ' ');
  let by = '';
  if (chat.forum) by = chat.topics?.find((t) => t.thread === threadOf(m))?.name || 'General';
  else if (chat.type === 'group' && m.from) by = m.from.id === store.as ? 'You' : m.from.first_name;
  return by ? [el('b', {}, by + ': '), text] : [text];
}

function choice(p) {
  const mine = p.id === store.as;
  return el('button', { type: 'button', role: 'radio', 'aria-checked': String(mine), 'data-id': String(p.id), title: p.blurb, onclick: () => become(p.id) },
    personFace({ id: p.id, first_name: p.first }),
    el('span', {}, el('b', {}, [p.first, p.last].filter(Boolean).join(' ')), el('span', {}, ' · ' + p.role.toLowerCase()), el('small', {}, p.blurb)),
    icon('M5 12.500l4.500 4.500L19 7.500', 'tick'));
}

// becomeNext takes the people in turn.
export function becomeNext() {
  const { people } = store.world;
  const p = people[(people.findIndex((q) => q.id === store.as) + 1) % people.length];
  become(p.id);
  toast(p.blurb, { title: `You are ${p.first}, ${p.role.toLowerCase()}` });
}

export function become(id) {
  if (store.as === id) return;
  store.as = id;
  keep();
  load();
}
