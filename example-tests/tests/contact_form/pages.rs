//! The pages of the form.

use std::fs;
use std::path::Path;

use crate::client::ask;
use crate::support::{each_handler, serve};

#[test]
fn the_form_has_a_label_for_each_field() {
    each_handler(|component| {
        let site = serve(component, &[]);
        for path in ["/", "/?from=the-footer"] {
            let page = ask(&site, &format!("GET {path}"));
            page.says(200, "<h1>Write to us</h1>");
            assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
            for field in ["name", "address", "message", "website"] {
                page.says(200, &format!("<label for=\"{field}\">"));
                page.says(200, &format!(" id=\"{field}\" name=\"{field}\""));
            }
            for absent in ["{{", "autofocus", "aria-invalid=\"true\""] {
                assert!(!page.body.contains(absent), "{absent} in\n{}", page.body);
            }
        }
    });
}

#[test]
fn the_policy_forbids_scripts_and_frames() {
    each_handler(|component| {
        let site = serve(component, &[]);
        let (page, other) = (ask(&site, "GET /"), ask(&site, "GET /thanks"));
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!((page.header(name), other.header(name)), (value, value));
        }
        let nonce = nonce(page.header("content-security-policy"));
        page.says(200, &format!("<style nonce=\"{nonce}\">"));
        assert_ne!(nonce, self::nonce(other.header("content-security-policy")));
    });
}

/// The nonce of a policy that allows only the page's style.
fn nonce(policy: &str) -> &str {
    let nonce = policy.split_once("style-src 'nonce-").expect("a nonce").1;
    let nonce = nonce.split('\'').next().expect("its end");
    let expected = format!(
        "default-src 'none'; style-src 'nonce-{nonce}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    assert_eq!(policy, expected);
    assert!(nonce.len() >= 32, "{nonce}");
    nonce
}

#[test]
fn head_has_the_headers_alone() {
    each_handler(|component| {
        let page = ask(&serve(component, &[]), "HEAD /");
        assert_eq!((page.status, page.body.as_str()), (200, ""));
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    });
}

#[test]
fn other_pages_and_methods_are_refused() {
    each_handler(|component| {
        let site = serve(component, &[]);
        ask(&site, "GET /thanks").says(200, "Your message was sent.");
        ask(&site, "GET /admin").says(404, "There is nothing at this address.");
        ask(&site, "POST /admin").says(404, "There is nothing at this address.");
        for what in ["PUT /", "DELETE /", "POST /thanks"] {
            let refusal = ask(&site, what);
            refusal.says(405, "nothing else");
            assert_eq!(refusal.header("allow"), "GET, HEAD, POST");
        }
    });
}

#[test]
fn both_languages_have_the_same_pages() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples");
    for page in ["form.html", "notice.html", "page.html"] {
        let read =
            |example: &str| fs::read_to_string(examples.join(example).join("pages").join(page));
        assert_eq!(
            read("contact-form").unwrap(),
            read("contact-form-js").unwrap(),
            "{page}"
        );
    }
}
