//! Valid forms are sent.

use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::client::{ask, submit};
use crate::support::{FROM, Form, PASSWORD, TO, VALID_FORM, each_handler, mailbox, parse, with};

#[test]
fn a_valid_form_arrives_as_a_message() {
    each_handler(|component| {
        let form = Form::serve(component);
        let answer = submit(&form.site, &VALID_FORM);
        assert_eq!((answer.status, answer.header("location")), (303, "thanks"));
        ask(&form.site, "GET /thanks").says(200, "Your message was sent.");

        let delivery = form.delivery();
        assert_eq!(
            (delivery.sender.as_str(), delivery.recipients.as_slice()),
            (FROM, &[TO.into()][..])
        );
        assert!(delivery.tls && delivery.username == "form");
        let mail = parse(&delivery);
        let own = |name: &str, address: &str| (name.to_owned(), address.to_owned());
        assert_eq!(mailbox(mail.from()), own("Contact form", FROM));
        assert_eq!(
            mailbox(mail.reply_to()),
            own("Ada Lovelace", "ada@example.org")
        );
        assert_eq!(mailbox(mail.to()), own("", TO));
        assert_eq!(mail.subject(), Some("Message from Ada Lovelace"));
        assert!(mail.message_id().expect("one").ends_with("@site.test"));
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let date = mail.date().expect("one").to_timestamp();
        assert!(now.abs_diff(date as u64) < 120, "{date}");
        assert_eq!(
            mail.body_text(0).expect("text").replace("\r\n", "\n"),
            "Good day,\nis this on?\n\n-- \nAda Lovelace <ada@example.org>, by the contact form\n"
        );
    });
}

#[test]
fn two_messages_have_different_message_ids() {
    each_handler(|component| {
        let form = Form::serve(component);
        submit(&form.site, &VALID_FORM);
        submit(&form.site, &VALID_FORM);
        let deliveries = form.deliveries();
        let ids: Vec<_> = deliveries
            .iter()
            .map(|delivery| parse(delivery).message_id().map(str::to_owned))
            .collect();
        assert!(ids.len() == 2 && ids[0] != ids[1], "{ids:?}");
    });
}

#[test]
fn twenty_visitors_at_once_are_served() {
    each_handler(|component| {
        let form = Form::serve(component);
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| submit(&form.site, &VALID_FORM).says(303, "Thank you"));
            }
        });
        assert_eq!(form.deliveries().len(), 20);
    });
}

#[test]
fn any_text_arrives_unchanged() {
    each_handler(|component| {
        let form = Form::serve(component);
        let dots = ".\r\n..\r\n.leading\r\nFrom here\r\n";
        let long = "x".repeat(2000);
        let message =
            format!("{dots}\tTab\r\n{long}\r\nGrüße, \u{1f44b} {{{{main}}}} <b>&amp;</b>");
        submit(&form.site, &with("message", &message)).says(303, "Thank you");
        let delivery = form.delivery();
        let text = parse(&delivery).body_text(0).expect("text").into_owned();
        assert!(text.starts_with(&message), "{text}");
        assert!(delivery.message.is_ascii());
        let longest = delivery
            .message
            .split(|&octet| octet == b'\n')
            .map(<[u8]>::len)
            .max();
        assert!(longest <= Some(78), "{longest:?}");
    });
}

#[test]
fn the_longest_name_and_message_are_accepted() {
    each_handler(|component| {
        let form = Form::serve(component);
        let name = "\u{1f984}".repeat(100);
        let message = "\u{1f984}".repeat(10_000);
        let fields = [
            ("name", name.as_str()),
            ("address", "ada@example.org"),
            ("message", &message),
        ];
        submit(&form.site, &fields).says(303, "Thank you");
        let delivery = form.delivery();
        let mail = parse(&delivery);
        assert_eq!(mailbox(mail.reply_to()).0, name);
        assert!(mail.body_text(0).expect("text").starts_with(&message));
    });
}

/// The log contains nothing of the visitor and no password.
#[test]
fn the_owner_sees_the_servers_reply_in_the_log() {
    each_handler(|component| {
        let form = Form::serve(component);
        submit(&form.site, &VALID_FORM);
        let line = form.site.line().expect("a line");
        let id = parse(&form.delivery())
            .message_id()
            .expect("one")
            .to_owned();
        // Hexadecimal digits say nothing of the visitor, but may by chance be "ada".
        let digits = id.strip_suffix("@site.test").expect("the site's domain");
        assert!(digits.bytes().all(|it| it.is_ascii_hexdigit()), "{id}");
        let reply = line.strip_prefix(&format!("contact-form: sent <{id}>: "));
        let reply = reply.unwrap_or_else(|| panic!("{line}"));
        assert!(reply.starts_with("250 "), "{line}");
        for private in [PASSWORD, "ada", "Ada", "Good day"] {
            assert!(!reply.contains(private), "{private} in {line}");
        }
    });
}

/// For hosts that resolve no names for sockets.
#[test]
fn a_server_at_an_ip_address_may_have_a_certificate_for_its_name() {
    each_handler(|component| {
        let name = ("SMTP_SERVER_NAME", "mail.test");
        let form = Form::serve_with_name(component, "mail.test", &[name]);
        submit(&form.site, &VALID_FORM).says(303, "Thank you");
        assert!(form.delivery().tls);
    });
}
