//! The options of a message (DSN, SMTPUTF8, SIZE, 8BITMIME, AUTH= and CHUNKING), as they are in the
//! server's log.

use host_tests::{DsnContents, DsnNotify, Error, Instance, Options};
use servers::real::{PASSWORD, USER};

use crate::server_under_test::{MESSAGE, ServerUnderTest, TLS_MODES, codes, instance, to};

const UTF8_RECIPIENT: &str = "empfänger@example.test";

/// The parameters after the addresses, and BDAT. Values are xtext (RFC 3461, section 4); UTF8_RECIPIENT
/// is utf-8-addr-xtext (RFC 6533, section 3).
const COMMANDS: [&str; 4] = [
    " SIZE=9149 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=QQ+2B314+20159 AUTH=a+2Bb@example.test",
    " NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.test",
    r" NOTIFY=NEVER ORCPT=utf-8;empf\x{E4}nger@example.test",
    "BDAT 9149 LAST",
];

pub(crate) fn reach_the_server(server: &mut ServerUnderTest) -> String {
    // No other message has this length.
    let message = [MESSAGE, &b"options\r\n".repeat(1000)].concat();
    for (security, _) in TLS_MODES {
        let instance = instance();
        let options = options(&instance).unwrap();
        let mailer = server.mailer(&instance, security);
        mailer.set_password(USER, PASSWORD);
        let recipients = [USER, UTF8_RECIPIENT];
        let receipt = mailer.send_with(Some(&options), &to(&recipients), &message);
        let accepted = recipients.map(|recipient| (recipient, 250));
        assert_eq!(codes(&receipt.unwrap().accepted), accepted);
        recipients
            .iter()
            .for_each(|_| server.expect_stored(&message));
    }
    let expected = COMMANDS.repeat(TLS_MODES.len());
    let wanted = |command: &str| COMMANDS.contains(&parameters(command));
    let seen = server.real.wait_for_commands(expected.len(), wanted);
    let seen = seen.unwrap();
    let seen: Vec<_> = seen.iter().map(|command| parameters(command)).collect();
    assert_eq!(seen, expected);
    server.assert_mailbox();
    "in its log the parameters of DSN, SMTPUTF8, SIZE, 8BITMIME and AUTH, and BDAT".into()
}

fn options(instance: &Instance) -> Result<Options<'_>, Error> {
    let options = instance.options();
    options.set_dsn_contents(DsnContents::Headers);
    options.set_envelope_id("QQ+314 159")?;
    options.set_submitter(Some("a+b@example.test"))?;
    options.set_notify(None, DsnNotify::FAILURE | DsnNotify::DELAY)?;
    options.set_notify(Some(UTF8_RECIPIENT), DsnNotify::NEVER)?;
    options.set_original_recipient(USER, "rfc822", "a+b@example.test")?;
    options.set_original_recipient(UTF8_RECIPIENT, "utf-8", UTF8_RECIPIENT)?;
    Ok(options)
}

/// The parameters after the address, or the whole command if it has no address.
fn parameters(command: &str) -> &str {
    command
        .split_once('>')
        .map_or(command, |(_, parameters)| parameters)
}
