// The field one writes in, with the menu of the bot's commands.

import { store, order, openChat, tick, changed } from './store.js';
import { $, el, toast } from './dom.js';

const drafts = new Map();
let at = ''; // the place whose draft is in the field
let chosen = -1; // in the menu
let replyTo = null;

export function setUpComposer() {
  const field = $('text');
  field.addEventListener('input', () => {
    if (field.value === '\n') field.value = ''; // what is left of an Enter that sent
    grow();
    suggest();
  });
  field.addEventListener('keydown', onKey);
  field.addEventListener('blur', () => setTimeout(() => { if (!$('commands').contains(document.activeElement)) hide(); }, 150));
  $('send').addEventListener('click', send);
  $('menu').addEventListener('mousedown', (ev) => ev.preventDefault());
  $('menu').addEventListener('click', () => {
    const open = $('commands').hidden;
    field.focus();
    if (open) show(openChat().commands || []);
    else hide();
  });
  $('instead-button').addEventListener('click', instead);
}

// drawComposer shows the field, or what stands in its place.
export function drawComposer() {
  const chat = openChat();
  const here = [store.as, store.key, store.thread].join('/');
  if (here !== at) {
    drafts.set(at, $('text').value);
    $('text').value = drafts.get(here) || '';
    at = here;
    setReply(null);
    hide();
    grow();
  }
  const closed = chat.topics?.find((t) => t.thread === store.thread)?.closed && chat.status === 'member';
  const can = chat.can_write && !closed;
  $('composer').hidden = !can;
  $('instead').hidden = can;
  $('menu').hidden = !chat.commands?.length;
  $('text').placeholder = replyTo ? 'Reply' : chat.type === 'channel' ? 'Post in the channel' : 'Message';
  if (can) return;
  const label = chat.type === 'private' ? 'Start' : chat.status === 'left' && chat.username ? (chat.type === 'channel' ? 'Follow the channel' : 'Join the group') : '';
  $('instead-button').hidden = !label;
  $('instead-button').textContent = label;
  const why = $('instead').querySelector('p');
  why.hidden = !!label;
  why.textContent = closed ? 'This topic is closed.' : chat.type === 'channel' ? 'Only admins post in a channel.' : chat.status === 'left' ? 'A private group: its members must add you.' : 'You cannot write here.';
}

async function instead() {
  const chat = openChat();
  try {
    if (chat.type === 'private') await order('start', {});
    else await order('join', { chat: chat.id });
  } catch (err) {
    toast(err.message, { bad: true });
  }
}

export function setReply(m) {
  replyTo = m && openChat().can_write ? m : null;
  $('text').placeholder = replyTo ? 'Reply to: ' + (replyTo.text || 'photo').replace(/\s+/g, ' ').slice(0, 60) : 'Message';
  if (replyTo) $('text').focus();
}

// compose puts a text into the field, for the visitor to send.
export function compose(text) {
  if (!openChat()?.can_write) {
    toast('You cannot write in this chat.', { bad: true });
    return;
  }
  $('text').value = text;
  $('text').focus();
  grow();
  hide();
}

export async function say(text) {
  const chat = openChat();
  try {
    await order('say', { chat: chat.id, thread: chat.forum ? store.thread : 0, text, reply_to: replyTo?.id || 0 });
    setReply(null);
  } catch (err) {
    toast(err.message, { bad: true });
    return false;
  }
  if (/^\/sub(scribe)?\b.*\S/.test(text)) tick('subscribe');
  else if (/^\/\w/.test(text)) tick('ask');
  const role = store.world.people.findIndex((p) => p.id === store.as);
  if (text.startsWith('/') && role === 1) tick('member');
  if (text.startsWith('/') && role === 2) tick('stranger');
  changed();
  return true;
}

async function send() {
  const field = $('text');
  const text = field.value.trim();
  if (!text) return;
  field.value = '';
  grow();
  hide();
  if (!(await say(text)) && !field.value) field.value = text;
  grow();
}

function onKey(ev) {
  const open = !$('commands').hidden;
  const items = [...$('commands').children];
  if (ev.isComposing) return;
  if (open && (ev.key === 'ArrowDown' || ev.key === 'ArrowUp')) {
    ev.preventDefault();
    chosen = (chosen + (ev.key === 'ArrowDown' ? 1 : -1) + items.length) % items.length;
    mark(items);
  } else if (open && ev.key === 'Escape') {
    ev.preventDefault();
    hide();
  } else if (open && items.length && (ev.key === 'Tab' || ev.key === 'Enter') && !exact(items)) {
    ev.preventDefault();
    items[Math.max(chosen, 0)].click();
  } else if (ev.key === 'Escape' && replyTo) {
    setReply(null);
  } else if (ev.key === 'Enter' && !ev.shiftKey) {
    ev.preventDefault();
    send();
  }
}

// exact: what is written is a whole command already, so Enter sends it.
const exact = (items) => chosen < 0 && items.some((i) => i.dataset.command === $('text').value.trim());

function suggest() {
  const text = $('text').value;
  if (!/^\/\w*$/.test(text)) {
    hide();
    return;
  }
  show((openChat().commands || []).filter((c) => ('/' + c.command).startsWith(text.toLowerCase())));
}

function show(commands) {
  chosen = -1;
  const box = $('commands');
  box.replaceChildren(...commands.map((c) => el('button', {
    type: 'button', role: 'option', 'data-command': '/' + c.command, onmousedown: (ev) => ev.preventDefault(),
    onclick: () => { $('text').value = '/' + c.command + ' '; hide(); grow(); $('text').focus(); },
  }, el('b', {}, '/' + c.command), el('span', {}, c.description))));
  box.hidden = !commands.length;
  $('menu').setAttribute('aria-expanded', String(!box.hidden));
}

function hide() {
  $('commands').hidden = true;
  $('menu').setAttribute('aria-expanded', 'false');
}

function mark(items) {
  items.forEach((item, i) => item.setAttribute('aria-selected', String(i === chosen)));
  items[chosen]?.scrollIntoView({ block: 'nearest' });
}

function grow() {
  const field = $('text');
  field.style.height = '44px';
  if (field.scrollHeight > 46) field.style.height = Math.min(field.scrollHeight, 160) + 'px';
}
