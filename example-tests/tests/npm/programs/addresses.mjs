import { addresses } from './node_modules/envoi/src/address.js';

const texts = [
  'ann@mail.test',
  '<ann@mail.test>',
  'Ann <ann@mail.test>, bob@mail.test',
  '"Doe, Jane" <jane@mail.test>',
  'J\u00f6rg M\u00fcller <joerg@mail.test>',
  'Team: ann@mail.test, Bob <bob@mail.test>;',
  '"bob@bank.test" <eve@mail.test>',
  'Doe, Jane <jane@mail.test>',
  'ann@mail.test; bob@mail.test',
  'Ann <ann@mail.test> <eve@mail.test>',
  'Ann\r\nBcc: eve@mail.test <ann@mail.test>',
  '"ann bob"@mail.test',
  '"ann@mail.test"@evil.test',
  'ann(eve)@mail.test',
  'ann',
  `${'a@mail.test, '.repeat(400)}a@mail.test`,
];
for (const text of texts) {
  try {
    console.log(JSON.stringify(addresses('to', text)));
  } catch ({ field, message }) {
    console.log(message.slice(0, 40));
  }
}
const mixed = [['Ann <ann@mail.test>'], { name: '', address: 'bob@mail.test' }, undefined, ''];
console.log(JSON.stringify(addresses('to', mixed)));
