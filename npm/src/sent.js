// What a call returns that sent a mail: nodemailer's names, and the interface's receipt.

export function sent({ receipt, envelope, messageId }) {
  const { accepted, refused, unsent } = receipt;
  const names = (list) => list.map(({ recipient }) => recipient);
  const reply = accepted.at(-1)?.reply;
  return {
    messageId,
    envelope: { from: envelope.sender ?? false, to: envelope.recipients },
    accepted: names(accepted),
    rejected: [...names(refused), ...names(unsent)],
    response: reply ? `${reply.code} ${reply.text}` : '',
    receipt,
  };
}
