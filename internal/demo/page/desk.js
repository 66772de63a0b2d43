// The demo's own controls: news, time, and what to try.

import { store, order, openChat, tick, changed, now } from './store.js';
import { $, el, hhmm, dayOf, siteLink, toast } from './dom.js';
import { compose } from './composer.js';
import { become } from './side.js';

export function setUpDesk() {
  $('publish').addEventListener('click', publish);
  $('hour').addEventListener('click', () => skip({ hours: 1 }));
  $('morning').addEventListener('click', () => skip({ chat: openChat()?.id || 0 }));
  if (window.innerWidth <= 1120) $('guide').open = false;
  document.addEventListener('click', (ev) => {
    if (window.innerWidth <= 1120 && !$('guide').contains(ev.target)) $('guide').open = false;
  });
  setInterval(drawClock, 1000);
}

export function drawDesk() {
  drawClock();
  const choice = $('site');
  if (!choice.children.length) {
    choice.append(el('option', { value: '' }, 'Each site in turn'), ...store.world.sites.map((s) => el('option', { value: s.key }, `${s.name} (${s.kind === 'page' ? 'no feed' : s.kind.toUpperCase()})`)));
  }
  $('latest').replaceChildren(...store.world.sites.map((s) => el('a', { href: siteLink(s.url) || '#', target: '_blank', rel: 'noopener' }, el('small', {}, s.name), el('b', {}, s.latest))));
  drawSteps();
}

function drawClock() {
  if (!store.world) return;
  const t = now();
  $('clock').textContent = hhmm(t);
  $('clock').setAttribute('datetime', t.toISOString());
  $('clock-day').replaceChildren(dayOf(t), el('span', {}, ', ' + store.world.zone.split('/').pop()));
}

async function publish() {
  const button = $('publish');
  button.disabled = true;
  try {
    const p = await order('publish', { site: $('site').value });
    tick('publish');
    toast(p.title, { title: p.site, note: 'Tags of the publisher: ' + p.tags.join(', ') });
    changed();
  } catch (err) {
    toast(err.message, { bad: true });
  } finally {
    button.disabled = false;
  }
}

async function skip(to) {
  try {
    const result = await order('skip', to);
    store.skew = Date.parse(result.now) - Date.now();
    const clock = $('clock');
    clock.classList.remove('jump');
    requestAnimationFrame(() => clock.classList.add('jump'));
    if (result.digest) {
      tick('morning');
      toast(`It is ${hhmm(result.now)} on ${dayOf(result.now)}. A digest is due at ${hhmm(result.digest)}, if there is news.`);
    }
    changed();
  } catch (err) {
    toast(err.message, { bad: true });
  }
}

const steps = () => [
  ['subscribe', 'Subscribe the place you are in:', '/subscribe rare-earths'],
  ['publish', 'Publish an article; the post comes within a few seconds.'],
  ['morning', 'Go to the next morning; the digest comes at 08:30.'],
  ['ask', 'Look around:', '/settings', '/latest', '/tags 稀土', '/help'],
  ['member', 'Be Ben, who is no admin, and try to change something:', 1, '/unsubscribe copper'],
  ['stranger', 'Be 陈丽 and talk with the bot in private, in Chinese.', 2],
];

function drawSteps() {
  $('steps').replaceChildren(...steps().map(([key, text, ...tries], i) => {
    const line = el('span', {}, text);
    for (const t of tries) {
      if (typeof t === 'number') {
        const p = store.world.people[t];
        line.append(' ', el('button', { type: 'button', onclick: () => { become(p.id); if (t === 2) location.hash = '#bot'; } }, 'be ' + p.first));
      } else {
        line.append(' ', el('button', { type: 'button', onclick: () => compose(t) }, t));
      }
    }
    return el('li', { class: store.steps[key] ? 'done' : '' }, el('span', { class: 'dot' }, store.steps[key] ? '✓' : String(i + 1)), line);
  }));
}
