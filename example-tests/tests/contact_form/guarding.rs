//! Requests that are refused.

use std::io::{Read, Write};

use crate::client::{FORM, ask, connect, encode, post, submit};
use crate::support::{Form, VALID_FORM, each_handler};

const LARGEST_BODY: usize = 128 * 1024;

#[test]
fn another_sites_page_cannot_send() {
    each_handler(|component| {
        let form = Form::serve(component);
        let (kind, body) = (format!("Content-Type: {FORM}"), encode(&VALID_FORM));
        let from = |header: &str| post(&form.site, &[header, &kind], body.as_bytes());
        for elsewhere in [
            "Origin: https://evil.test",
            "Origin: null",
            "Origin: http://127.0.0.1",
            "Referer: https://evil.test/form",
            "X-Nothing: said",
        ] {
            from(elsewhere).says(403, "Please fill it in on our page.");
        }
        assert!(form.deliveries().is_empty());
        let authority = form.site.authority();
        from(&format!("Referer: https://{authority}/")).says(303, "Thank you");
        from(&format!("Origin: https://{authority}")).says(303, "Thank you");
        assert_eq!(form.deliveries().len(), 2);
    });
}

#[test]
fn a_body_of_another_type_is_refused() {
    each_handler(|component| {
        let form = Form::serve(component);
        let origin = format!("Origin: http://{}", form.site.authority());
        let body = encode(&VALID_FORM);
        for kind in [
            "Content-Type: text/plain",
            "Content-Type: multipart/form-data; boundary=x",
            "X-No: type",
        ] {
            post(&form.site, &[&origin, kind], body.as_bytes())
                .says(415, "not this page&#39;s form");
        }
        assert!(form.deliveries().is_empty());
        let kind = format!("Content-Type: {}; charset=UTF-8", FORM.to_uppercase());
        post(&form.site, &[&origin, &kind], body.as_bytes()).says(303, "Thank you");
    });
}

#[test]
fn a_form_that_is_too_large_is_refused_with_a_page() {
    each_handler(|component| {
        let form = Form::serve(component);
        for more in [1, 500_000] {
            let body = format!(
                "message={}",
                "x".repeat(LARGEST_BODY - "message=".len() + more)
            );
            let headers = [
                format!("Origin: http://{}", form.site.authority()),
                format!("Content-Type: {FORM}"),
            ];
            post(&form.site, &[&headers[0], &headers[1]], body.as_bytes())
                .says(413, "it is too large");
        }
        assert!(form.deliveries().is_empty());
        submit(&form.site, &VALID_FORM).says(303, "Thank you");
    });
}

#[test]
fn a_bot_that_fills_in_every_field_is_thanked_and_nothing_is_sent() {
    each_handler(|component| {
        let form = Form::serve(component);
        let fields = [&VALID_FORM[..], &[("website", "https://spam.test")]].concat();
        let answer = submit(&form.site, &fields);
        assert_eq!((answer.status, answer.header("location")), (303, "thanks"));
        assert!(form.deliveries().is_empty());
        let line = form.site.line().expect("a line");
        assert!(
            line.ends_with("filled in the hidden field: nothing was sent"),
            "{line}"
        );
    });
}

#[test]
fn octets_that_are_not_utf8_are_handled() {
    each_handler(|component| {
        let form = Form::serve(component);
        let headers = [
            format!("Origin: http://{}", form.site.authority()),
            format!("Content-Type: {FORM}"),
        ];
        let send = |body: &[u8]| post(&form.site, &[&headers[0], &headers[1]], body);
        send(b"name=%ff%zz%&address=\xff&message=x&=&&&").says(422, "Enter an address like");
        send(b"").says(422, "Enter your name.");
        send(&[0xc3; 1000]).says(422, "Enter your name.");
    });
}

#[test]
fn a_visitor_who_leaves_in_the_middle_affects_nobody_else() {
    each_handler(|component| {
        let form = Form::serve(component);
        let mut leaving = connect(&form.site);
        let authority = form.site.authority();
        let head = format!(
            "POST / HTTP/1.1\r\nHost: {authority}\r\nOrigin: http://{authority}\r\n\
             Content-Type: {FORM}\r\nContent-Length: 100\r\n\r\nname=A"
        );
        leaving.write_all(head.as_bytes()).unwrap();
        leaving.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        // There may be no answer.
        let _ = leaving.read_to_string(&mut answer);
        assert!(!answer.starts_with("HTTP/1.1 303"), "{answer}");
        assert!(form.deliveries().is_empty());
        ask(&form.site, "GET /").says(200, "Write to us");
    });
}
