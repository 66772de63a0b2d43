// What the page knows: the world as the server tells it, and where we look.

export const store = {
  world: null, // the last answer of /api/state
  skew: 0, // demo clock minus this browser's clock, in ms
  as: 0, // who we are
  key: 'none', // the open chat: its id, or "bot" for the private one
  thread: 0, // the open topic
  tag: '', // show only messages with this hashtag
  seen: {}, // last message read, by person, chat and topic
  steps: {}, // what of the guide is done
};

const listeners = [];
export function onChange(f) { listeners.push(f); }
export function changed() { for (const f of listeners) f(); }

// order tells the server what the visitor does; problems are thrown as Errors.
export async function order(name, body) {
  const answer = await fetch('/api/' + name, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ as: store.as, ...body }),
  });
  const result = await answer.json();
  if (result.error) throw new Error(result.error);
  return result;
}

let loading = null;
let again = false;

// load fetches the world; calls while one is under way become one more fetch.
export function load() {
  if (loading) {
    again = true;
    return loading;
  }
  loading = (async () => {
    do {
      again = false;
      const answer = await fetch('/api/state?as=' + store.as);
      const world = await answer.json();
      if (again) continue; // an older look at the world, or as somebody else
      adopt(world);
    } while (again);
  })().finally(() => { loading = null; });
  return loading;
}

function adopt(world) {
  const fresh = !store.world || store.world.session !== world.session;
  store.world = world;
  store.as = world.me;
  store.skew = Date.parse(world.now) - Date.now();
  if (fresh) remember();
  changed();
}

// remember brings back what was read and done in this run of the demo.
function remember() {
  const kept = JSON.parse(sessionStorage.getItem('tagwire') || '{}');
  const same = kept.session === store.world.session;
  store.seen = same ? kept.seen : {};
  store.steps = same ? kept.steps : {};
}

function keep() {
  sessionStorage.setItem('tagwire', JSON.stringify({ session: store.world.session, seen: store.seen, steps: store.steps, as: store.as }));
}

export const lastPerson = () => JSON.parse(sessionStorage.getItem('tagwire') || '{}').as || 0;

export const now = () => new Date(Date.now() + store.skew);
export const keyOf = (chat) => (chat.type === 'private' ? 'bot' : String(chat.id));
export const openChat = () => store.world?.chats.find((c) => keyOf(c) === store.key);
export const me = () => store.world.people.find((p) => p.id === store.as);
export const threadOf = (m) => m.thread || 0;
export const inside = (chat) => chat.type === 'private' || ['creator', 'administrator', 'member', 'restricted'].includes(chat.status);

const place = (chat, thread) => store.as + '/' + keyOf(chat) + '/' + thread;

// unread counts what others wrote since we looked; thread undefined: all topics.
export function unread(chat, thread) {
  if (!inside(chat)) return 0;
  let n = 0;
  for (const m of chat.messages) {
    if (thread !== undefined && threadOf(m) !== thread) continue;
    if (m.service || m.from?.id === store.as) continue;
    if (m.id > (store.seen[place(chat, threadOf(m))] || 0)) n++;
  }
  return n;
}

export function markRead(chat, thread) {
  const last = chat.messages.findLast((m) => threadOf(m) === thread)?.id || 0;
  const at = place(chat, thread);
  if ((store.seen[at] || 0) >= last) return false;
  store.seen[at] = last;
  keep();
  return true;
}

export function tick(step) {
  if (store.steps[step]) return;
  store.steps[step] = true;
  keep();
}

export { keep };
