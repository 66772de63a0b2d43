// Small helpers. Nothing here, nor elsewhere on the page, makes HTML of strings:
// texts become text nodes, whatever is in them.

import { store } from './store.js';

export const $ = (id) => document.getElementById(id);

// el makes an element: el('b', {class: 'x', onclick: f}, 'text', child).
export function el(name, props, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.filter((c) => c !== undefined && c !== null && c !== false && c !== ''));
  return node;
}

// icon draws a path in the page's icon style.
export function icon(path, cls) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  if (cls) svg.setAttribute('class', cls);
  const p = document.createElementNS(ns, 'path');
  p.setAttribute('d', path);
  svg.append(p);
  return svg;
}

const colour = (id) => Math.abs(Number(id)) % 6;

// hue gives a person a number of the palette; the cast gets the first ones.
export function hue(id) {
  const i = store.world.people.findIndex((p) => p.id === id);
  return i >= 0 ? i : colour(id);
}

export function initials(title) {
  const words = title.split(/\s+/).filter(Boolean);
  if (words.length > 1) return (first(words[0]) + first(words[1])).toUpperCase();
  return first(title).toUpperCase();
}
const first = (s) => [...s][0] || '?';

export function personFace(user) {
  if (user.id === store.world.bot) return el('span', { class: 'face' }, el('img', { src: '/page/icon.svg', alt: '' }));
  const p = store.world.people.find((q) => q.id === user.id);
  const name = p ? [p.first, p.last].filter(Boolean).join(' ') : user.first_name;
  return el('span', { class: 'face c' + hue(user.id), 'aria-hidden': 'true' }, initials(name));
}

export function chatFace(chat) {
  if (chat.type === 'private') return personFace({ id: store.world.bot });
  const c = { supergroup: 3, group: 4, channel: 1 }[chat.type] ?? 2;
  return el('span', { class: `face c${c}${chat.forum ? ' forum' : ''}`, 'aria-hidden': 'true' }, initials(chat.title));
}

const formats = new Map();
function format(name, options) {
  const key = name + store.world.zone;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat('en-GB', { timeZone: store.world.zone, ...options }));
  return formats.get(key);
}
export const hhmm = (t) => format('t', { hour: '2-digit', minute: '2-digit' }).format(new Date(t));
export const dayOf = (t) => format('d', { weekday: 'short', day: 'numeric', month: 'short' }).format(new Date(t)).replace(',', '');
export const longDay = (t) => format('l', { weekday: 'long', day: 'numeric', month: 'long' }).format(new Date(t)).replace(',', '');

// siteLink turns an address of a bundled news site into its place on this page.
export function siteLink(url) {
  let u;
  try { u = new URL(url); } catch { return null; }
  if (!store.world.sites.some((s) => s.host === u.host)) return null;
  return '/web/' + u.host + u.pathname + u.search;
}

// webLink is an address that may be opened, or null: http and https only.
export function webLink(url) {
  let u;
  try { u = new URL(url); } catch {
    try { u = new URL('http://' + url); } catch { return null; }
  }
  if (u.protocol !== 'http:' && u.protocol !== 'https:') return null;
  return siteLink(u.href) || u.href;
}

// toast shows a note that goes by itself; a new one takes its place.
export function toast(text, { title, note, bad } = {}) {
  const node = el('div', { class: 'toast' + (bad ? ' bad' : ''), role: bad ? 'alert' : 'status' }, title && el('b', {}, title), text, note && el('small', {}, '\n' + note));
  $('toasts').replaceChildren(node);
  setTimeout(() => node.remove(), 2600 + 22 * node.textContent.length);
}

export function alertBox(text) {
  const box = $('alert');
  box.querySelector('p').textContent = text;
  if (!box.open) box.showModal();
}
