// A message's text with its entities, as nodes.

import { el, webLink } from './dom.js';

// renderText draws text with entities (offsets in UTF-16 units, as JavaScript's
// strings count). on: {link(url), hashtag(tag), command(text), mention(name)}.
export function renderText(text, entities, on) {
  const sorted = [...(entities || [])]
    .filter((e) => e.length > 0 && e.offset >= 0 && e.offset < text.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  const root = document.createDocumentFragment();
  fill(root, text, 0, text.length, sorted, on);
  return root;
}

// fill appends text[from:to] with the entities that begin there; each takes the
// following ones that lie within it as its own.
function fill(parent, text, from, to, entities, on) {
  let at = from;
  while (entities.length && entities[0].offset < to) {
    const e = entities.shift();
    if (e.offset < at) continue; // overlaps what is drawn already
    if (e.offset > at) parent.append(text.slice(at, e.offset));
    const end = Math.min(e.offset + e.length, to);
    const [node, inner] = element(e, text.slice(e.offset, end), on);
    fill(inner, text, e.offset, end, entities, on);
    parent.append(node);
    at = end;
    // A block ends its line by itself.
    if (isBlock(e.type) && text[at] === '\n') at++;
  }
  if (at < to) parent.append(text.slice(at, to));
}

const isBlock = (type) => type === 'pre' || type === 'blockquote' || type === 'expandable_blockquote';

// element makes the node of an entity, and the one its text goes into.
function element(e, text, on) {
  const simple = (name, props) => {
    const node = el(name, props);
    return [node, node];
  };
  const tap = (f) => simple('button', { type: 'button', class: 'tap', onclick: f });
  switch (e.type) {
    case 'bold': return simple('b');
    case 'italic': return simple('i');
    case 'underline': return simple('u');
    case 'strikethrough': return simple('s');
    case 'code': return simple('code');
    case 'pre': {
      const code = el('code');
      return [el('pre', {}, code), code];
    }
    case 'blockquote':
    case 'expandable_blockquote': return simple('blockquote');
    case 'spoiler': return simple('span', { class: 'spoiler', onclick: (ev) => ev.currentTarget.classList.add('seen') });
    case 'text_link':
    case 'url': {
      const url = e.type === 'url' ? text : e.url;
      const href = webLink(url);
      if (!href) return simple('span');
      return simple('a', { href, target: '_blank', rel: 'noopener noreferrer', title: e.type === 'url' ? undefined : url, onclick: (ev) => on.link(url, ev) });
    }
    case 'hashtag': return tap(() => on.hashtag(text));
    case 'bot_command': return tap(() => on.command(text));
    case 'mention': return tap(() => on.mention(text.slice(1)));
    default: return simple('span');
  }
}
