// The chat page: where we are (in the address after #), and who draws what.

import { store, onChange, changed, load, openChat, keyOf, unread, markRead, lastPerson, inside, order, me } from './store.js';
import { $, el, chatFace, personFace, toast } from './dom.js';
import { drawSide, becomeNext } from './side.js';
import { setUpLog, drawLog } from './log.js';
import { setUpComposer, drawComposer, setReply, say } from './composer.js';
import { setUpDesk, drawDesk } from './desk.js';

const wide = () => window.innerWidth > 720;

// go opens a chat, and a topic of it.
function go(key, thread = 0) {
  location.hash = '#' + key + (thread ? '/' + thread : '');
}

// arrive takes over what the address says.
function arrive() {
  const [key, thread] = decodeURIComponent(location.hash.slice(1)).split('/');
  store.key = key;
  store.thread = Number(thread) || 0;
  store.tag = '';
  if (store.world) changed();
}

function draw() {
  let chat = openChat();
  if (!chat && wide()) {
    store.key = keyOf(store.world.chats[0]);
    store.thread = 0;
    chat = openChat();
  }
  if (chat?.forum && store.thread && !chat.topics?.some((t) => t.thread === store.thread)) store.thread = 0;
  if (chat && !chat.forum) store.thread = 0;
  document.body.dataset.view = chat ? 'chat' : 'list';
  drawDesk();
  if (chat) {
    if (document.visibilityState === 'visible') markRead(chat, store.thread);
    drawHead(chat);
    drawTabs(chat);
    drawComposer();
    drawLog();
  }
  drawSide(go);
  const n = store.world.chats.reduce((sum, c) => sum + unread(c), 0);
  document.title = (n ? `(${n}) ` : '') + (chat ? chat.title + ' · ' : '') + 'tagwire demo';
}

function drawHead(chat) {
  $('talk-face').replaceWith(Object.assign(chatFace(chat), { id: 'talk-face' }));
  $('talk-title').textContent = chat.title;
  $('talk-sub').textContent = subtitle(chat);
  $('talk-as').replaceChildren(personFace({ id: store.as, first_name: me().first }), el('span', {}, 'as ' + me().first));
  $('finder').hidden = !store.tag;
  $('finder').querySelector('span').textContent = 'Messages with ' + store.tag;
}

function subtitle(chat) {
  if (chat.type === 'private') return 'bot';
  const n = `${chat.members} ${chat.type === 'channel' ? (chat.members === 1 ? 'subscriber' : 'subscribers') : 'members'}`;
  if (!inside(chat)) return n + ', you are not one of them';
  return chat.status === 'creator' || chat.status === 'administrator' ? n + ', you are an admin' : n;
}

function drawTabs(chat) {
  $('tabs').hidden = !chat.forum;
  if (!chat.forum) return;
  const topics = [{ thread: 0, name: 'General' }, ...(chat.topics || [])];
  const focused = $('tabs').contains(document.activeElement) && document.activeElement.dataset.thread;
  $('tabs').replaceChildren(...topics.map((t) => {
    const n = unread(chat, t.thread);
    return el('button', { type: 'button', role: 'tab', 'data-thread': String(t.thread), 'aria-selected': String(t.thread === store.thread), onclick: () => go(keyOf(chat), t.thread) },
      t.name, t.closed && ' 🔒', n > 0 && el('span', { class: 'badge' }, String(n)));
  }));
  if (focused) $('tabs').querySelector(`[data-thread="${CSS.escape(focused)}"]`)?.focus();
}

// What happens when something in a text is tapped.
const hooks = {
  hashtag: (tag) => { store.tag = tag; changed(); },
  command: (text) => say(text),
  mention: (name) => {
    if (name.toLowerCase() === store.world.bot_username.toLowerCase()) go('bot');
    else {
      const chat = store.world.chats.find((c) => c.username?.toLowerCase() === name.toLowerCase());
      if (chat) go(keyOf(chat));
    }
  },
  // link opens an address; those of Telegram lead to a place on this page.
  link: (url, ev) => {
    const u = parse(url);
    if (u && /^(t\.me|telegram\.me)$/.test(u.host)) {
      ev?.preventDefault();
      telegramLink(u);
    } else if (!ev && u) {
      const site = store.world.sites.some((s) => s.host === u.host) ? '/web/' + u.host + u.pathname + u.search : u.href;
      window.open(site, '_blank', 'noopener,noreferrer');
    }
  },
  reply: (m) => setReply(m),
};

function parse(url) {
  try {
    const u = new URL(url);
    return u.protocol === 'https:' || u.protocol === 'http:' ? u : null;
  } catch {
    return null;
  }
}

async function telegramLink(u) {
  const name = u.pathname.slice(1);
  if (name.toLowerCase() !== store.world.bot_username.toLowerCase()) {
    hooks.mention(name);
    return;
  }
  if (u.searchParams.has('startgroup') || u.searchParams.has('startchannel')) {
    toast('In Telegram you would now choose a group. Here the bot is in all of them already.');
    return;
  }
  go('bot');
  if (!u.searchParams.has('start')) return;
  try {
    await order('start', { text: u.searchParams.get('start') });
  } catch (err) {
    toast(err.message, { bad: true });
  }
}

function listen() {
  const events = new EventSource('/api/events');
  let lost = false;
  events.onmessage = () => {
    if (lost) toast('Connected again.');
    lost = false;
    load();
  };
  events.onerror = () => {
    if (!lost) toast('The demo has stopped. Start it again; this page comes back by itself.', { bad: true });
    lost = true;
  };
  window.addEventListener('pagehide', () => events.close());
}

setUpLog(hooks);
setUpComposer();
setUpDesk();
onChange(draw);
window.addEventListener('hashchange', arrive);
window.addEventListener('resize', () => { if (store.world) changed(); });
document.addEventListener('visibilitychange', () => { if (store.world) changed(); });
$('talk-as').addEventListener('click', becomeNext);
$('back').addEventListener('click', () => { location.hash = ''; });
$('finder-close').addEventListener('click', () => { store.tag = ''; changed(); });
store.as = lastPerson();
arrive();
listen();
