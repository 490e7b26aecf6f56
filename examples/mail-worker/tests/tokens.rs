//! A mail server that takes tokens: the composed handler, the component for tokens, and scripted servers. Without a
//! queue.

use std::path::Path;
use std::sync::OnceLock;

use mail_worker::delivery::deliver;
use mail_worker::handler::{Disposition, Handler, Server, Verdict};
use mail_worker::job::Job;
use mail_worker::oauth::Settings;
use mail_worker::tokens::{Component, Source};
use servers::http::{HttpServer, json};
use servers::scripted::Server as MailServer;
use servers::tokens::{AGAIN, FIRST, granted, refusing, taking};
use tokio::runtime::Runtime;

const RECIPIENT: &str = "b@mail.test";

/// The handler and the component for tokens. They are compiled here once, instead of by all tests at the same time.
fn components() -> &'static (Handler, Component) {
    static LOADED: OnceLock<(Handler, Component)> = OnceLock::new();
    LOADED.get_or_init(|| {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../dist");
        let handler = Handler::load(&dist.join("mail-worker.wasm"));
        let tokens = Component::load(&dist.join("envoi-oauth.wasm"));
        let built = "`cargo xtask example mail-worker` makes it";
        (handler.expect(built), tokens.expect(built))
    })
}

/// The source of tokens of a host.
async fn source(authorization: &HttpServer) -> Source {
    let variables = [
        ("SMTP_OAUTH_USER", "ada@mail.test".to_owned()),
        ("SMTP_OAUTH_TOKEN_URL", authorization.url("/token")),
        ("SMTP_OAUTH_CLIENT_ID", "id".into()),
        ("SMTP_OAUTH_REFRESH_TOKEN", "r3fresh-token".into()),
    ];
    let variables = variables
        .into_iter()
        .map(|(name, value)| (name.into(), value));
    let settings = Settings::read(&variables.collect(), "").unwrap().unwrap();
    Source::start(&components().1, &settings)
        .await
        .unwrap()
        .unwrap()
}

/// Delivers so many jobs, one after the other.
fn deliver_jobs(jobs: usize, mail: &MailServer, authorization: &HttpServer) -> Vec<Verdict> {
    let handler = &components().0;
    let server = Server {
        url: format!("smtp://127.0.0.1:{}", mail.port()),
        authorities: String::new(),
    };
    let message = "Message-ID: <1@mail.test>\r\n\r\nHello\r\n";
    let job = Job::new("ada@mail.test", &[RECIPIENT.into()], message.into()).unwrap();
    Runtime::new().unwrap().block_on(async {
        let source = source(authorization).await;
        let mut verdicts = Vec::new();
        for _ in 0..jobs {
            verdicts.extend(deliver(handler, &server, Some(&source), &job).await);
        }
        verdicts
    })
}

#[test]
fn after_a_535_the_token_is_asked_for_anew_and_the_message_goes() {
    let authorization = HttpServer::start([granted("first"), granted("again")]);
    let mail = MailServer::start([refusing(FIRST), taking(AGAIN, RECIPIENT)]);
    let verdicts = deliver_jobs(1, &mail, &authorization);
    assert_eq!(
        verdicts[0].disposition,
        Disposition::Accepted,
        "{verdicts:?}"
    );
    mail.finish();
    assert_eq!(authorization.finish().len(), 2);
}

#[test]
fn jobs_share_a_token() {
    let authorization = HttpServer::start([granted("first"), granted("again")]);
    let mail = MailServer::start([taking(FIRST, RECIPIENT), taking(FIRST, RECIPIENT)]);
    let verdicts = deliver_jobs(2, &mail, &authorization);
    assert!(
        verdicts
            .iter()
            .all(|it| it.disposition == Disposition::Accepted),
        "{verdicts:?}"
    );
    mail.finish();
    assert_eq!(authorization.finish().len(), 1);
}

#[test]
fn a_second_refusal_is_for_later() {
    let authorization = HttpServer::start([granted("first"), granted("again")]);
    let mail = MailServer::start([refusing(FIRST), refusing(AGAIN)]);
    let verdicts = deliver_jobs(1, &mail, &authorization);
    assert_eq!(verdicts[0].disposition, Disposition::Later);
    assert_eq!(verdicts[0].reply, "535 5.7.8 Not accepted");
    mail.finish();
    assert_eq!(authorization.finish().len(), 2);
}

#[test]
fn without_a_token_a_job_is_for_later_and_says_why() {
    let refusal = r#"{"error":"invalid_grant","error_description":"r3fresh-token has ended"}"#;
    let authorization = HttpServer::start([json(400, refusal)]);
    let mail = MailServer::start([]);
    let verdicts = deliver_jobs(1, &mail, &authorization);
    assert_eq!(verdicts[0].disposition, Disposition::Later);
    let reply = &verdicts[0].reply;
    assert!(
        reply.starts_with("no token: the server answered invalid_grant"),
        "{reply}"
    );
    assert!(reply.contains("[secret] has ended"), "{reply}");
    mail.finish();
    assert_eq!(authorization.finish().len(), 1);
}
