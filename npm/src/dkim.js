// `dkim` as nodemailer has it, for a mailer or one mail.

import { pem } from './content.js';
import { known } from './known.js';

const FIELDS = ['domainName', 'keySelector', 'privateKey', 'headerFieldNames'];

/** Returns what the Worker makes signers of. Empty: no signature. */
export function signers(value) {
  if (value === undefined || value === null) return [];
  if (!('keys' in value)) return [signer(value)];
  const { keys, ...common } = known('dkim', value, ['keys', ...FIELDS]);
  return keys.map((key) => signer({ ...common, ...key }));
}

function signer(value) {
  const { domainName, keySelector, privateKey, headerFieldNames } = known('dkim', value, FIELDS);
  if (typeof domainName !== 'string' || typeof keySelector !== 'string') {
    throw new TypeError('dkim: domainName and keySelector are strings');
  }
  return {
    domain: domainName,
    selector: keySelector,
    key: pem(privateKey),
    headers: headerFieldNames?.split(':').map((name) => name.trim()),
  };
}
