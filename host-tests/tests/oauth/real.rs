//! The component with a real authorization server (oidc-provider), whose tokens a real mail server checks with it
//! (Postfix with Dovecot).

use host_tests::{
    BearerCredentials, Credentials, Envelope, Error, Grants, Host, Phase, Receipt, Security,
};
use servers::authority::Authority;
use servers::real::authorisation::{
    AuthorisationServer, BASIC, CLIENTS, Client as Registered,
    ClientAuthentication as Registration, POST, PUBLIC, SEND,
};
use servers::real::{Kind, RealServer, Settings, USER};

use crate::support::Instance;
use crate::support::bindings::exports::envoi::mail::oauth::{
    Client, ClientAuthentication, Failure, Remedy,
};

/// Postfix adds nothing to it.
const MESSAGE: &[u8] = b"From: <sender@example.test>\r\nTo: <user@example.test>\r\n\
    Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <1@example.test>\r\n\r\nHello\r\n";

fn issuer() -> Option<AuthorisationServer> {
    let identity = Authority::new().issue(&["localhost", "127.0.0.1"]);
    AuthorisationServer::start_if_available(&identity, CLIENTS)
}

/// The client as the component is told of it.
fn client(registered: &Registered) -> Client {
    let secret = registered.secret.into();
    Client {
        id: registered.id.into(),
        authentication: match registered.authentication {
            Registration::Basic => ClientAuthentication::SecretInHeader(secret),
            Registration::Post => ClientAuthentication::SecretInBody(secret),
            Registration::None => ClientAuthentication::Public,
        },
    }
}

#[test]
fn a_client_gets_a_token_in_the_way_for_which_it_is_registered() {
    let Some(issuer) = issuer() else { return };
    let instance = Instance::start();
    for registered in [BASIC, POST] {
        let client = client(&registered);
        let source = instance.client_credentials_of(&issuer.token_url(), &client, SEND);
        let token = source.unwrap().token().unwrap();
        assert!(issuer.is_active(&token).unwrap(), "{}", registered.id);
    }
}

#[test]
fn a_wrong_secret_is_to_be_mended() {
    let Some(issuer) = issuer() else { return };
    let instance = Instance::start();
    let client = Client {
        authentication: ClientAuthentication::SecretInHeader("another".into()),
        ..client(&BASIC)
    };
    let source = instance.client_credentials_of(&issuer.token_url(), &client, SEND);
    let failure = source.unwrap().token().unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("invalid_client"));
    assert!(
        matches!(failure.remedy, Remedy::MendTheSetUp),
        "{failure:?}"
    );
}

/// oidc-provider replaces a refresh token each time.
#[test]
fn a_refresh_token_is_replaced_and_the_old_one_needs_the_persons_consent() {
    let Some(issuer) = issuer() else { return };
    let instance = Instance::start();
    let first = issuer
        .authorise(&PUBLIC, USER, SEND)
        .unwrap()
        .refresh
        .unwrap();
    let (url, client) = (issuer.token_url(), client(&PUBLIC));
    let source = instance.refresh_of(&url, &client, &first).unwrap();
    let token = source.token().unwrap();
    assert!(issuer.is_active(&token).unwrap());
    let second = source.refresh_token().unwrap();
    assert_ne!(second, first);

    source.forget();
    assert_ne!(source.token().unwrap(), token);
    let third = source.refresh_token().unwrap();
    assert_ne!(third, second);

    let failure = instance.refresh_of(&url, &client, &first).unwrap().token();
    needs_consent(failure);
}

#[test]
fn a_consent_that_is_revoked_has_to_be_given_again() {
    let Some(issuer) = issuer() else { return };
    let instance = Instance::start();
    let refresh = issuer
        .authorise(&PUBLIC, USER, SEND)
        .unwrap()
        .refresh
        .unwrap();
    issuer.revoke(&PUBLIC, &refresh).unwrap();
    let source = instance.refresh_of(&issuer.token_url(), &client(&PUBLIC), &refresh);
    needs_consent(source.unwrap().token());
}

#[track_caller]
fn needs_consent(token: Result<String, Failure>) {
    let failure = token.unwrap_err();
    assert_eq!(failure.code.as_deref(), Some("invalid_grant"));
    assert!(matches!(failure.remedy, Remedy::AskTheUser), "{failure:?}");
}

#[test]
fn after_the_mail_server_refuses_a_revoked_token_another_one_is_asked_for_and_the_message_goes() {
    let Some(issuer) = issuer() else { return };
    let authority = Authority::new();
    let settings = Settings {
        token_check: issuer.introspection(SEND),
        ..Settings::default()
    };
    let identity = authority.issue(&["localhost"]);
    let kind = Kind::PostfixDovecot;
    let Ok(server) = RealServer::start_if_available_with(kind, &identity, settings) else {
        return;
    };
    let instance = Instance::start();
    let source = instance.client_credentials_of(&issuer.token_url(), &client(&BASIC), SEND);
    let source = source.unwrap();

    let revoked = source.token().unwrap();
    issuer.revoke(&BASIC, &revoked).unwrap();
    assert_eq!(
        source.token().unwrap(),
        revoked,
        "nobody told the component"
    );
    let Err(Error::Rejected(refusal)) = send(&server, &authority, &revoked) else {
        panic!("a revoked token is accepted");
    };
    assert_eq!((refusal.phase, refusal.reply.code), (Phase::Auth, 535));

    source.forget();
    let receipt = send(&server, &authority, &source.token().unwrap()).unwrap();
    assert_eq!(receipt.accepted[0].recipient, USER);
    let stored = server.wait_for(1).unwrap();
    let sent = kind.stored_form(MESSAGE);
    assert_eq!(kind.without_trace(&stored[0]), Some(&sent[..]));
}

/// Sends a message with envoi.
fn send(server: &RealServer, authority: &Authority, token: &str) -> Result<Receipt, Error> {
    let instance = Host::shared().instance(Grants::all());
    let mailer = instance.mailer("localhost");
    mailer.set_port(server.port);
    mailer.set_security(Security::Starttls);
    mailer.set_bundled_roots(false);
    mailer.add_trust_anchors(authority.pem().as_bytes())?;
    mailer.set_credentials(Some(Credentials::Bearer(BearerCredentials {
        username: USER.into(),
        token: token.into(),
    })));
    let envelope = Envelope {
        sender: Some("sender@example.test".into()),
        recipients: vec![USER.into()],
    };
    mailer.send(&envelope, MESSAGE)
}
