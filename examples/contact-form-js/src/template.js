// Templates: fills in {{name}} in the files of pages/.

import PAGE from '../pages/page.html';

export function page(status, title, main, headers) {
  // Allows the page's own style sheet only: no other styles, and no scripts.
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
      // With `no-referrer`, browsers do not name the form's page either.
      'referrer-policy': 'same-origin',
      'cache-control': 'no-store',
      ...headers,
    },
  });
}

// Values are escaped, and `{{` in a value is not a placeholder.
export function fill(template, values) {
  return template.replace(/\{\{(.*?)\}\}/g, (_, name) => escape(values[name] ?? ''));
}

// Escapes for text, and for attributes in quotes.
function escape(text) {
  const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character]);
}
