//! The form in a browser; `browser.mjs` contains what the visitor does.

use std::env;
use std::path::Path;

use servers::ports::RefusingPort;
use servers::report::not_run;

use crate::support::{Form, each_handler, mailbox, parse, serve_with_server};

/// Names a file for a picture of the form; docs/functions.md shows it.
const PICTURE: &str = "ENVOI_PICTURE";

#[test]
fn in_chromium_a_visitor_corrects_an_address_sends_and_sees_that_a_dead_server_fails() {
    let browser = match setup::browser() {
        Ok(browser) => browser,
        Err(why) => return not_run(&"the contact form in Chromium", &why),
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contact_form/browser.mjs");
    each_handler(|component| {
        let form = Form::serve(component);
        let refusing = RefusingPort::start();
        let dead = serve_with_server(component, refusing.port());
        let picture = env::var_os(PICTURE).filter(|_| component == "contact-form.wasm");
        let mut visitor = browser.node(&script);
        visitor.args([form.site.url(), dead.url()]).args(picture);
        let outcome = visitor.status().expect("node is there");
        assert!(outcome.success(), "its reasons are above");

        let delivery = form.delivery();
        let mail = parse(&delivery);
        let sender = ("Ada Lovelace".into(), "ada@example.org".into());
        assert_eq!(mailbox(mail.reply_to()), sender);
        let text = mail.body_text(0).expect("text");
        assert!(
            text.starts_with(
                "Good day,\r\nis the engine for sale, and does it run on steam?\r\nGrüße\r\n"
            ),
            "{text}"
        );
    });
}
