//! The form in a browser; `browser.mjs` contains what the visitor does.

use std::env;
use std::path::Path;
use std::process::Command;

use servers::ports::RefusingPort;
use servers::report::not_run;

use crate::support::{Form, each_handler, mailbox, parse, serve_with_server};

/// Names a file for a picture of the form; README.md shows it.
const PICTURE: &str = "ENVOI_PICTURE";

#[test]
fn in_chromium_a_visitor_corrects_an_address_sends_and_sees_that_a_dead_server_fails() {
    let browser = match browser() {
        Ok(browser) => browser,
        Err(why) => return not_run(&"the contact form in Chromium", &why),
    };
    each_handler(|component| {
        let form = Form::serve(component);
        let refusing = RefusingPort::start();
        let dead = serve_with_server(component, refusing.port());
        let picture = env::var_os(PICTURE).filter(|_| component == "contact-form.wasm");
        let mut visitor = browser();
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

/// Creates the command without its arguments.
fn browser() -> Result<impl Fn() -> Command + Sync, String> {
    let chromium = setup::chromium()?;
    let playwright = setup::npm("playwright", &[setup::PLAYWRIGHT])?;
    Ok(move || {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contact_form/browser.mjs");
        let mut node = Command::new("node");
        node.arg(script)
            .env("PACKAGES", playwright.join("node_modules/"))
            .env("CHROMIUM", &chromium.program)
            .envs(chromium.environment.clone());
        node
    })
}
