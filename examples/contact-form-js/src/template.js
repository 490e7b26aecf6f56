// The files in pages/, where {{name}} stands for a value.

import PAGE from '../pages/page.html';

export function page(status, title, main, headers) {
  // For the page's own style: no other, and no script at all, runs there.
  const nonce = crypto.randomUUID();
  const [head, foot] = PAGE.split('{{main}}');
  return new Response(fill(head, { title, nonce }) + main + foot, {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; style-src 'nonce-${nonce}'; form-action 'self'; base-uri 'none'; ` +
        "frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      // Without any, browsers would not say either that the form is from here.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}

// A value is escaped, and never looked at for further `{{`.
export function fill(template, values) {
  return template.replace(/\{\{(.*?)\}\}/g, (_, name) => escape(values[name] ?? ''));
}

// For text and for attributes in quotes.
function escape(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
