//! The authorisation server without the component: what it issues, ends and refuses, and what it was asked.

use std::io::{Read, Write};
use std::net::TcpStream;

use rustls::{ClientConnection, StreamOwned};
use servers::authority::Authority;
use servers::real::USER;
use servers::real::authorisation::{
    AuthorisationServer, BASIC, CLIENTS, Client, OTHER, POST, PUBLIC, READ, Refusal, SEND,
    SHORT_LIVED,
};

/// Runs the test if this machine can have the server; the report says if it cannot.
fn with_server(test: impl FnOnce(AuthorisationServer)) {
    with_server_of(&Authority::new(), test);
}

fn with_server_of(authority: &Authority, test: impl FnOnce(AuthorisationServer)) {
    let identity = authority.issue(&["localhost", "127.0.0.1"]);
    if let Some(server) = AuthorisationServer::start_if_available(&identity, CLIENTS) {
        test(server);
    }
}

#[track_caller]
fn error<T>(answer: Result<T, Refusal>) -> String {
    answer.map(drop).unwrap_err().error
}

#[test]
fn a_client_gets_tokens_for_its_own_account_by_either_way_to_show_its_secret() {
    with_server(|server| {
        for client in [BASIC, POST] {
            let tokens = server.client_credentials(&client, SEND).unwrap();
            assert_eq!(tokens.expires_in, 86_400);
            assert_eq!(tokens.scope.as_deref(), Some(SEND));
            assert!(tokens.refresh.is_none());
            assert!(server.is_active(&tokens.access).unwrap());
            let wrong = Client {
                secret: "another",
                ..client
            };
            let refused = server.client_credentials(&wrong, SEND);
            assert_eq!(error(refused), "invalid_client");
        }
        // It ignores scopes that it does not know, and does not say so.
        let unknown = server.client_credentials(&BASIC, "unknown").unwrap();
        assert_eq!(unknown.scope, None);
        let public = server.client_credentials(&PUBLIC, SEND);
        assert_eq!(error(public), "invalid_request");
    });
}

#[test]
fn a_refresh_token_is_good_once() {
    with_server(|server| {
        for client in [BASIC, POST, PUBLIC] {
            let first = server.authorise(&client, USER, SEND).unwrap();
            let first_refresh = first.refresh.unwrap();
            let second = server.refresh(&client, &first_refresh).unwrap();
            assert_ne!(first.access, second.access);
            let second_refresh = second.refresh.unwrap();
            assert_ne!(first_refresh, second_refresh);
            server.refresh(&client, &second_refresh).unwrap();
            let again = server.refresh(&client, &first_refresh);
            assert_eq!(error(again), "invalid_grant");
        }
    });
}

#[test]
fn a_revoked_token_is_no_longer_active() {
    with_server(|server| {
        let kept = server.client_credentials(&BASIC, SEND).unwrap().access;
        let revoked = server.client_credentials(&BASIC, SEND).unwrap().access;
        // Another client cannot end it.
        server.revoke(&OTHER, &revoked).unwrap();
        assert!(server.is_active(&revoked).unwrap());
        server.revoke(&BASIC, &revoked).unwrap();
        assert!(!server.is_active(&revoked).unwrap());
        assert!(server.is_active(&kept).unwrap());

        let refresh = server.authorise(&BASIC, USER, SEND).unwrap().refresh;
        let refresh = refresh.unwrap();
        server.revoke(&BASIC, &refresh).unwrap();
        assert_eq!(error(server.refresh(&BASIC, &refresh)), "invalid_grant");
    });
}

#[test]
fn a_token_ends_after_its_lifetime() {
    with_server(|server| {
        let token = server.client_credentials(&SHORT_LIVED, SEND).unwrap();
        assert_eq!(token.expires_in, 1);
        server.wait_until_expired(&token.access).unwrap();
    });
}

#[test]
fn a_device_gets_tokens_once_the_user_has_entered_its_code() {
    with_server(|server| {
        let device = server.begin_device(&PUBLIC, READ).unwrap();
        let early = server.poll(&PUBLIC, &device);
        assert_eq!(error(early), "authorization_pending");
        server
            .enter_device_code(&device.user_code, Some(USER))
            .unwrap();
        let tokens = server.poll(&PUBLIC, &device).unwrap();
        assert!(server.is_active(&tokens.access).unwrap());
        server.refresh(&PUBLIC, &tokens.refresh.unwrap()).unwrap();

        let device = server.begin_device(&PUBLIC, READ).unwrap();
        server.enter_device_code(&device.user_code, None).unwrap();
        assert_eq!(error(server.poll(&PUBLIC, &device)), "access_denied");
    });
}

#[test]
fn each_request_is_reported_with_its_grant_and_its_status() {
    with_server(|server| {
        server.client_credentials(&BASIC, SEND).unwrap();
        server.refresh(&POST, "unknown").map(drop).unwrap_err();
        let requests = server.requests();
        let told = requests
            .iter()
            .map(|request| (&*request.path, request.grant.as_deref(), request.status));
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                ("/token", Some("client_credentials"), 200),
                ("/token", Some("refresh_token"), 400),
            ]
        );
    });
}

#[test]
fn it_also_speaks_https_with_a_certificate_of_the_authority() {
    let authority = Authority::new();
    with_server_of(&authority, |server| {
        let name = "localhost".try_into().unwrap();
        let tls = ClientConnection::new(authority.client_config(), name).unwrap();
        let stream = TcpStream::connect(("127.0.0.1", server.tls_port)).unwrap();
        let mut stream = StreamOwned::new(tls, stream);
        let form = "grant_type=refresh_token&refresh_token=unknown&client_id=public";
        let request = format!(
            "POST /token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{form}",
            form.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains("invalid_grant"), "{answer}");
    });
}
