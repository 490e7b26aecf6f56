//! Secrets are wiped from the component's memory after use.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use host_tests::{BearerCredentials, Credentials, Instance, Mailer};
use servers::authority::{Authority, Identity};
use servers::scripted::{Script, Server};

use crate::support::*;
use crate::tls::{LOOPBACK, asked, starttls};

const USERNAME: &str = "ada@mail.test";
/// Its length needs padding in base64, and its text occurs nowhere else.
const PASSWORD: &str = "Kd7!wq-Zz93.tUm2+Lx0 pqRst";
const PASSWORD_BASE64: &str = "S2Q3IXdxLVp6OTMudFVtMitMeDAgcHFSc3Q=";
/// `\0ada@mail.test\0` and the password, in base64.
const PLAIN: &str = "AGFkYUBtYWlsLnRlc3QAS2Q3IXdxLVp6OTMudFVtMitMeDAgcHFSc3Q=";

const WELCOME: &str = "235 2.7.0 Welcome";

/// Long enough to help a guess. Shorter parts occur by chance.
const PART: usize = 8;

/// The parts of the secrets that the memory contains; none may be there.
fn found(memory: &[u8], secrets: &[Vec<u8>]) -> Vec<String> {
    let parts: BTreeSet<&[u8]> = secrets.iter().flat_map(|one| one.windows(PART)).collect();
    // Most octets of a memory are looked at once, and no further.
    let mut begins = vec![false; 1 << 16];
    let pair = |part: &[u8]| usize::from(part[0]) << 8 | usize::from(part[1]);
    parts.iter().for_each(|part| begins[pair(part)] = true);
    let mut found = Vec::new();
    for part in memory.windows(PART) {
        if begins[pair(part)] && parts.contains(part) {
            found.push(part.escape_ascii().to_string());
        }
    }
    found
}

/// Searches for parts of each secret.
#[track_caller]
pub(crate) fn assert_absent(place: &str, octets: &[u8], secrets: &[Vec<u8>]) {
    let found = found(octets, secrets);
    let some = found.first();
    assert!(
        found.is_empty(),
        "{place}: {} parts, such as {some:?}",
        found.len()
    );
}

/// What a secret looks like inside a longer text in base64: it begins at one of three places in a group of three
/// octets. What depends on its neighbours is left out.
pub(crate) fn in_base64(secret: &[u8]) -> Vec<Vec<u8>> {
    let forms = (0..3).map(|before| {
        let text = STANDARD_NO_PAD.encode([&[0; 2][..before], secret].concat());
        let end = (before + secret.len()) * 8 / 6;
        text.as_bytes()[(before * 8).div_ceil(6)..end].to_vec()
    });
    forms.collect()
}

#[track_caller]
fn forgets(instance: Instance, secrets: &[&str]) {
    let memory = instance.into_memory();
    // This text of the component proves that the dump is its memory and that the search works.
    assert!(!found(&memory, &[b"the host gave no randomness".to_vec()]).is_empty());
    let secrets: Vec<Vec<u8>> = secrets
        .iter()
        .map(|secret| secret.as_bytes().to_vec())
        .collect();
    assert_absent("memory", &memory, &secrets);
}

fn login() -> Script {
    Script::new()
        .expect("AUTH LOGIN")
        .say("334 VXNlcm5hbWU6")
        .expect("YWRhQG1haWwudGVzdA==")
        .say("334 UGFzc3dvcmQ6")
        .expect(PASSWORD_BASE64)
        .say(WELCOME)
}

fn inside(identity: &Identity, mechanisms: &str) -> Script {
    asked()
        .start_tls(identity)
        .expect("EHLO [127.0.0.1]")
        .say(&ehlo(&[mechanisms, "PIPELINING"]))
}

fn many(recipients: usize) -> Vec<String> {
    (0..recipients)
        .map(|i| format!("recipient-{i}@mail.test"))
        .collect()
}

#[test]
fn a_password_stays_in_memory_as_long_as_its_mailer() {
    let server = Server::start([]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password(USERNAME, PASSWORD);
    // Not dropped, because reading the memory makes the instance trap.
    std::mem::forget(mailer);
    let memory = instance.into_memory();
    assert!(!found(&memory, &[PASSWORD.as_bytes().to_vec()]).is_empty());
    server.finish();
}

#[test]
fn the_responses_of_plain_and_login_are_wiped() {
    let by_plain = hello(&["AUTH PLAIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(WELCOME);
    for script in [by_plain, hello(&["AUTH LOGIN"]).followed_by(login())] {
        let server = Server::start([script.followed_by(message()).followed_by(quit())]);
        let instance = instance();
        let mailer = plain(&instance, &server);
        mailer.set_password(USERNAME, PASSWORD);
        expect_delivery(&mailer);
        mailer.close();
        drop(mailer);
        server.finish();
        forgets(instance, &[PASSWORD, PASSWORD_BASE64, PLAIN]);
    }
}

#[test]
fn the_base64_forms_are_wiped_while_the_mailer_lives_on() {
    let script = hello(&["AUTH PLAIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(WELCOME);
    let server = Server::start([script.followed_by(message())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_password(USERNAME, PASSWORD);
    expect_delivery(&mailer);
    std::mem::forget(mailer);
    forgets(instance, &[PASSWORD_BASE64, PLAIN]);
    server.finish();
}

#[test]
fn a_response_pipelined_with_an_envelope_is_wiped_wherever_its_buffer_grew() {
    let recipients = many(90);
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    let envelope = || {
        let mut lines = vec![
            format!("AUTH PLAIN {PLAIN}"),
            "MAIL FROM:<a@mail.test>".into(),
        ];
        lines.extend(recipients.iter().map(|name| format!("RCPT TO:<{name}>")));
        lines.push("DATA".into());
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let said = Script::new()
            .expect_group(&lines)
            .say(WELCOME)
            .say("250 2.1.0 Ok");
        let said = recipients
            .iter()
            .fold(said, |said, _| said.say("250 2.1.5 Ok"));
        said.followed_by(content()).followed_by(quit())
    };
    let in_clear = hello(&["AUTH PLAIN", "PIPELINING"]).followed_by(envelope());
    let in_tls = inside(&identity, "AUTH PLAIN").followed_by(envelope());
    let send = |mailer: Mailer| {
        mailer.set_password(USERNAME, PASSWORD);
        let all: Vec<&str> = recipients.iter().map(String::as_str).collect();
        mailer.send(&to(&all), MESSAGE).unwrap();
        mailer.close();
    };
    for (script, tls) in [(in_clear, false), (in_tls, true)] {
        let server = Server::start([script]);
        let instance = instance();
        if tls {
            send(starttls(&instance, &server, &authority));
        } else {
            send(plain(&instance, &server));
        }
        server.finish();
        forgets(instance, &[PASSWORD, PASSWORD_BASE64, PLAIN]);
    }
}

#[test]
fn a_login_inside_tls_is_wiped() {
    let authority = Authority::new();
    let identity = authority.issue(LOOPBACK);
    let script = inside(&identity, "AUTH LOGIN").followed_by(login());
    let server = Server::start([script.followed_by(message_in_groups()).followed_by(quit())]);
    let instance = instance();
    let mailer = starttls(&instance, &server, &authority);
    mailer.set_password(USERNAME, PASSWORD);
    expect_delivery(&mailer);
    mailer.close();
    drop(mailer);
    server.finish();
    forgets(instance, &[PASSWORD, PASSWORD_BASE64, PLAIN]);
}

fn message_in_groups() -> Script {
    let lines = ["MAIL FROM:<a@mail.test>", "RCPT TO:<b@mail.test>", "DATA"];
    let said = Script::new().expect_group(&lines);
    said.say("250 2.1.0 Ok")
        .say("250 2.1.5 Ok")
        .followed_by(content())
}

#[test]
fn a_password_in_a_url_is_wiped() {
    let script = hello(&["AUTH PLAIN"])
        .expect(&format!("AUTH PLAIN {PLAIN}"))
        .say(WELCOME);
    let message = envelope()
        .expect("DATA")
        .say("354 Go ahead")
        .expect_content()
        .say(QUEUED);
    let server = Server::start([script.followed_by(message).followed_by(quit())]);
    let instance = instance();
    let escaped = PASSWORD.replace('+', "%2B").replace(' ', "%20");
    let url = format!(
        "smtp://ada%40mail.test:{escaped}@127.0.0.1:{}",
        server.port()
    );
    let sent = instance.send_mail(&url, "a@mail.test", &["b@mail.test"], MESSAGE);
    sent.unwrap();
    server.finish();
    forgets(instance, &[PASSWORD, &escaped, PASSWORD_BASE64, PLAIN]);
}

#[test]
fn a_token_is_wiped() {
    const TOKEN: &str = "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg";
    let script = hello(&["AUTH XOAUTH2"])
        .expect("AUTH XOAUTH2 *")
        .say(WELCOME);
    let server = Server::start([script.followed_by(message()).followed_by(quit())]);
    let instance = instance();
    let mailer = plain(&instance, &server);
    mailer.set_credentials(Some(Credentials::Bearer(BearerCredentials {
        username: USERNAME.into(),
        token: TOKEN.into(),
    })));
    expect_delivery(&mailer);
    mailer.close();
    drop(mailer);
    let heard = server.finish();
    let line = heard
        .only()
        .commands()
        .into_iter()
        .find(|line| line.starts_with("AUTH"));
    let line = line.expect("it was said").to_owned();
    let base64 = line.rsplit(' ').next().expect("it has three words");
    forgets(instance, &[TOKEN, base64]);
}

#[test]
fn the_callers_own_mechanism_is_wiped() {
    let script = hello(&["AUTH X-TEST"])
        .expect("AUTH X-TEST")
        .say("334 ")
        .expect(PASSWORD_BASE64)
        .say(WELCOME)
        .followed_by(quit());
    let server = Server::start([script]);
    let instance = instance();
    let client = plain(&instance, &server).connect().unwrap();
    client.auth_start("X-TEST", None).unwrap();
    client.auth_respond(PASSWORD.as_bytes()).unwrap();
    client.quit().unwrap();
    server.finish();
    forgets(instance, &[PASSWORD, PASSWORD_BASE64]);
}
