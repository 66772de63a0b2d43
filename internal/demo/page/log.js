// The messages of the open chat.

import { store, order, openChat, threadOf, inside } from './store.js';
import { $, el, personFace, hue, hhmm, longDay, siteLink, webLink, toast, alertBox } from './dom.js';
import { renderText } from './text.js';

let drawn = new Map(); // key -> {sig, node}
let place = ''; // chat, topic and person drawn
let stuck = true; // follow the newest message
let missed = 0;
let hooks = {};

export function setUpLog(on) {
  hooks = on;
  const scroll = $('scroll');
  scroll.addEventListener('scroll', () => {
    stuck = scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 60;
    if (stuck) missed = 0;
    showDown();
  });
  new ResizeObserver(() => { if (stuck) toBottom(); }).observe(scroll);
  new ResizeObserver(() => { if (stuck) toBottom(); }).observe($('log'));
  $('down').addEventListener('click', () => { missed = 0; toBottom(true); });
}

export function toBottom(smooth) {
  stuck = true;
  $('scroll').scrollTo({ top: $('scroll').scrollHeight, behavior: smooth ? 'smooth' : 'instant' });
  showDown();
}

function showDown() {
  $('down').hidden = stuck;
  $('down').querySelector('b').textContent = missed || '';
}

// drawLog brings the messages on the screen in line with the world; what did not
// change keeps its node.
export function drawLog() {
  const chat = openChat();
  const log = $('log');
  const here = [store.as, store.key, store.thread, store.tag].join('/');
  const entered = here !== place;
  if (entered) {
    drawn = new Map();
    place = here;
    missed = 0;
    stuck = true;
  }
  const next = new Map();
  const before = drawn;
  for (const row of rows(chat)) {
    const sig = JSON.stringify(row);
    const old = before.get(row.key);
    const node = old?.sig === sig ? old.node : draw(row, chat);
    if (!entered && !old && row.m) {
      node.classList.add('new');
      if (!stuck && row.m.from?.id !== store.as) missed++;
      if (row.m.from?.id === store.as) stuck = true;
    }
    next.set(row.key, { sig, node });
  }
  drawn = next;
  let i = 0;
  for (const { node } of next.values()) {
    if (log.children[i] !== node) log.insertBefore(node, log.children[i] || null);
    i++;
  }
  while (log.children.length > i) log.lastChild.remove();
  if (stuck) toBottom();
  showDown();
}

// rows are what stands below each other: days, notices, messages.
function rows(chat) {
  const out = [];
  let day = '';
  let last = null;
  let messages = chat.messages;
  if (chat.forum) messages = messages.filter((m) => threadOf(m) === store.thread);
  if (store.tag) messages = messages.filter((m) => (m.text || '').toLowerCase().includes(store.tag.toLowerCase()));
  for (const m of messages) {
    const d = longDay(m.date);
    if (d !== day) {
      out.push({ key: 'day ' + d, day: d });
      day = d;
      last = null;
    }
    if (m.service) {
      out.push({ key: 'm' + m.id, notice: notice(m) });
      last = null;
      continue;
    }
    const row = { key: 'm' + m.id, m, first: true, last: true, answer: m.reply_to ? quoted(chat, m.reply_to) : undefined };
    if (last && sender(last.m) === sender(m) && new Date(m.date) - new Date(last.m.date) < 5 * 60e3 && !last.m.keyboard) {
      row.first = false;
      last.last = false;
    }
    out.push(row);
    last = row;
  }
  if (!out.length) out.push({ key: 'empty', empty: emptyText(chat) });
  return out;
}

const sender = (m) => (m.sender_chat ? 'c' + m.sender_chat : 'u' + (m.from?.id || 0));

function quoted(chat, id) {
  const m = chat.messages.find((x) => x.id === id);
  return m ? { id, name: nameOf(m, chat), text: (m.text || 'Photo').replace(/\s+/g, ' ').slice(0, 120) } : { id, name: '', text: 'Deleted message' };
}

function emptyText(chat) {
  if (chat.type === 'private') return ['What can this bot do?', 'It posts industry news by tags. Press Start to talk with it.'];
  if (!inside(chat)) return [chat.title, 'This group is private.'];
  return ['No messages here yet', 'Say something, or send /subscribe with a tag.'];
}

function nameOf(m, chat) {
  if (chat.type === 'channel' || m.sender_chat === chat.id) return chat.title;
  return fullName(m.from) || chat.title;
}
const fullName = (u) => (u ? [u.first_name, u.last_name].filter(Boolean).join(' ') : '');

function notice(m) {
  const who = fullName(m.from);
  const users = (m.service.users || []).map(fullName).join(', ');
  switch (m.service.kind) {
    case 'new_chat_members':
      return (m.service.users || []).some((u) => u.id === m.from?.id) ? `${users} joined the group` : `${who} added ${users}`;
    case 'left_chat_member':
      return (m.service.users || []).some((u) => u.id === m.from?.id) ? `${users} left the group` : `${who} removed ${users}`;
    case 'forum_topic_created': return `Topic “${m.service.name}” was created`;
    case 'forum_topic_closed': return 'The topic was closed';
    case 'forum_topic_reopened': return 'The topic was opened again';
    case 'forum_topic_edited': return `The topic is now “${m.service.name}”`;
    case 'pinned_message': return `${who || 'Somebody'} pinned a message`;
    case 'migrate_to_chat_id':
    case 'migrate_from_chat_id': return 'The group became a supergroup';
    default: return m.service.kind.replaceAll('_', ' ');
  }
}

function draw(row, chat) {
  if (row.day) return el('div', { class: 'day' }, row.day);
  if (row.notice) return el('div', { class: 'notice' }, row.notice);
  if (row.empty) return el('div', { class: 'empty' }, el('b', {}, row.empty[0]), row.empty[1]);
  const { m } = row;
  const mine = m.from?.id === store.as && !m.sender_chat;
  const alone = chat.type === 'private' || chat.type === 'channel';
  const node = el('article', { class: ['msg', mine && 'mine', alone && 'alone', row.first && 'first', row.last && 'last'].filter(Boolean).join(' '), id: 'm' + m.id, ondblclick: () => hooks.reply?.(m) });
  if (!mine && !alone && row.last && m.from) node.append(personFace(m.from));
  const bubble = el('div', { class: 'bubble' });
  if (!mine && row.first && chat.type !== 'private') bubble.append(from(m, chat));
  if (row.answer) bubble.append(quote(row.answer));
  if (m.photo) bubble.append(photo(m.photo));
  bubble.append(text(m));
  if (m.card) bubble.append(card(m.card));
  (m.card ? bubble : bubble.lastChild).append(stamp(m));
  const stack = el('div', { class: 'stack' }, bubble);
  if (m.keyboard?.length) stack.append(keys(m, chat));
  node.append(stack);
  return node;
}

function from(m, chat) {
  if (chat.type === 'channel' || m.sender_chat) return el('div', { class: 'from n1' }, nameOf(m, chat));
  const role = m.from.is_bot ? 'bot' : '';
  return el('div', { class: 'from n' + (m.from.is_bot ? 3 : hue(m.from.id)) }, fullName(m.from), role && el('small', {}, role));
}

function text(m) {
  const box = el('div', { class: 'text' });
  box.append(renderText(m.text || '', m.entities, hooks));
  return box;
}

// stamp is the time, at the end of the last line if there is room.
const stamp = (m) => el('span', { class: 'stamp' }, (m.edited ? 'edited ' : '') + hhmm(m.date));

function quote(answer) {
  return el('button', { type: 'button', class: 'reply', onclick: () => flash(answer.id) }, answer.name && el('b', {}, answer.name), el('span', {}, answer.text));
}

function flash(id) {
  const node = $('m' + id);
  if (!node) return;
  node.scrollIntoView({ block: 'center', behavior: 'smooth' });
  node.classList.remove('flash');
  requestAnimationFrame(() => node.classList.add('flash'));
}

function photo(p) {
  const src = p.data ? 'data:image/*;base64,' + p.data : siteLink(p.url || '');
  return src ? el('img', { class: 'photo', src, alt: '', width: p.width || undefined, height: p.height || undefined }) : el('div', { class: 'photo' });
}

function card(c) {
  const href = webLink(c.url);
  const image = c.image && siteLink(c.image);
  return el('a', { class: 'card', href, target: '_blank', rel: 'noopener noreferrer' }, el('b', {}, c.site), el('b', {}, c.title), el('span', {}, c.text), image && el('img', { src: image, alt: '', loading: 'lazy' }));
}

function keys(m, chat) {
  const box = el('div', { class: 'keys' });
  for (const line of m.keyboard) {
    const row = el('div');
    for (const b of line) {
      row.append(el('button', { type: 'button', class: b.url ? 'url' : undefined, title: b.url || undefined, onclick: (ev) => press(ev.currentTarget, b, m, chat) }, b.text));
    }
    box.append(row);
  }
  return box;
}

async function press(button, b, m, chat) {
  if (b.url) {
    hooks.link(b.url);
    return;
  }
  if (button.classList.contains('busy')) return;
  button.classList.add('busy');
  try {
    const answer = await order('press', { chat: chat.id, message: m.id, data: b.data });
    if (answer.url) hooks.link(answer.url);
    if (answer.text && answer.alert) alertBox(answer.text);
    else if (answer.text) toast(answer.text);
  } catch (err) {
    toast(err.message, { bad: true });
  } finally {
    button.classList.remove('busy');
  }
}
