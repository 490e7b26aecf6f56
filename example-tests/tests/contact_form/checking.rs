//! An invalid field is reported beside the field, and nothing is sent.

use crate::client::submit;
use crate::support::{Form, VALID_FORM, each_handler, mailbox, parse, serve, with};

const NOT_SENT: &str = "Your message was not sent. Please correct this:";
const NO_ADDRESS: &str = "Enter an address like ada@example.org.";

#[test]
fn a_bad_address_is_reported_and_the_input_is_kept() {
    each_handler(|component| {
        let form = Form::serve(component);
        let answer = submit(&form.site, &with("address", "ada@example"));
        answer.says(422, NOT_SENT);
        answer.says(422, "<title>Error: write to us</title>");
        answer.says(422, &format!("<a href=\"#address\">{NO_ADDRESS}</a>"));
        answer.says(
            422,
            &format!("<span class=\"error\" id=\"address-error\">{NO_ADDRESS}</span>"),
        );
        answer.says(
            422,
            "aria-describedby=\"address-hint address-error\" aria-invalid=\"true\" autofocus>",
        );
        answer.says(422, "value=\"Ada Lovelace\"");
        answer.says(422, "value=\"ada@example\"");
        answer.says(422, ">\nGood day,\nis this on?</textarea>");
        assert!(form.deliveries().is_empty());
    });
}

#[test]
fn an_empty_form_has_three_errors_and_the_focus_on_the_first() {
    each_handler(|component| {
        let site = serve(component, &[]);
        let blank = [("name", " \t"), ("address", ""), ("message", "\r\n \r\n")];
        for fields in [&blank[..], &[]] {
            let answer = submit(&site, fields);
            for sentence in [
                "Enter your name.",
                "Enter your email address.",
                "Enter a message.",
            ] {
                answer.says(422, sentence);
            }
            assert_eq!(answer.body.matches("aria-invalid=\"true\"").count(), 3);
            assert_eq!(answer.body.matches("autofocus").count(), 1);
            answer.says(
                422,
                "aria-describedby=\"name-error\" aria-invalid=\"true\" autofocus>",
            );
        }
    });
}

#[test]
fn a_field_that_is_too_long_is_reported() {
    each_handler(|component| {
        let site = serve(component, &[]);
        let says = |field: &str, value: &str, sentence: &str| {
            submit(&site, &with(field, value)).says(422, sentence);
        };
        says("name", &"ü".repeat(101), "more than 100 characters");
        says(
            "message",
            &"ü".repeat(10_001),
            "more than 10,000 characters",
        );
        says("address", &format!("{}@x.test", "a".repeat(65)), NO_ADDRESS);
        says(
            "address",
            &format!("a@{}.test", "b".repeat(248)),
            NO_ADDRESS,
        );
    });
}

#[test]
fn usual_addresses_are_accepted_and_others_refused() {
    each_handler(|component| {
        let site = serve(component, &[]);
        // The name is missing, so nothing is sent.
        let answer = |address: &str| submit(&site, &[("address", address), ("message", "x")]);
        for good in [
            "a@b.test",
            "first.last+tag@sub.example.org",
            "o'neil_{x}@xn--bcher-kva.example",
            " a@b.test ",
        ] {
            let page = answer(good);
            page.says(422, "Enter your name.");
            assert!(!page.body.contains(NO_ADDRESS), "{good} was refused");
        }
        for bad in [
            "ada",
            "@example.org",
            "ada@",
            "ada@@example.org",
            "a b@example.org",
            "a@b@example.org",
            "ada@example",
            "ada@example..org",
            ".ada@example.org",
            "ada.@example.org",
            "ada@[127.0.0.1]",
            "\"a b\"@example.org",
            "Ada <ada@example.org>",
            "jörg@example.org",
            "ada@bücher.example",
        ] {
            answer(bad).says(422, NO_ADDRESS);
        }
    });
}

/// Each of these tries to add a recipient, a header or a message.
#[test]
fn nobody_can_add_a_header_or_a_recipient() {
    each_handler(|component| {
        let form = Form::serve(component);
        for (field, value) in [
            ("name", "Ada\r\nBcc: victim@example.org"),
            ("name", "Ada\nBcc: victim@example.org"),
            ("name", "Ada\rBcc: victim@example.org"),
            ("name", "Ada\u{85}Bcc: victim@example.org"),
            ("name", "Ada\u{2028}Bcc: victim@example.org"),
            ("name", "Ada\0"),
            ("address", "ada@example.org\r\nBcc: victim@example.org"),
            ("address", "ada@example.org\nRCPT TO:<victim@example.org>"),
            ("address", "ada@example.org, victim@example.org"),
            ("address", "ada@example.org> <victim@example.org"),
            ("address", "ada@example.org;victim@example.org"),
            ("address", "ada@example.org(\r\n Bcc: victim@example.org)"),
            ("message", "x\0y"),
            ("message", "x\u{1b}[2J"),
        ] {
            submit(&form.site, &with(field, value)).says(422, NOT_SENT);
        }
        assert!(form.deliveries().is_empty());
    });
}

#[test]
fn a_name_that_looks_like_syntax_stays_a_name() {
    each_handler(|component| {
        let form = Form::serve(component);
        let names = [
            "<victim@example.org>,",
            "\"Ada\" <victim@example.org>",
            "=?utf-8?Q?=0D=0ABcc:_victim@example.org?=",
            "Ada (\\",
        ];
        for name in names {
            submit(&form.site, &with("name", name)).says(303, "Thank you");
        }
        let deliveries = form.deliveries();
        assert_eq!(deliveries.len(), names.len());
        for (delivery, name) in deliveries.iter().zip(names) {
            let mail = parse(delivery);
            let visitor = (name.into(), "ada@example.org".into());
            assert_eq!(mailbox(mail.reply_to()), visitor);
            assert!(mail.bcc().is_none() && delivery.recipients.len() == 1);
        }
    });
}

#[test]
fn input_is_escaped_on_the_page() {
    each_handler(|component| {
        let site = serve(component, &[]);
        let attack = "'\"></textarea><script>alert(1)</script>{{nonce}}&lt;";
        let fields = VALID_FORM.map(|(field, _)| (field, attack));
        let answer = submit(&site, &fields);
        let escaped = "&#39;&quot;&gt;&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{nonce}}&amp;lt;";
        assert_eq!(answer.body.matches(escaped).count(), 3, "{}", answer.body);
        assert!(!answer.body.contains("<script"), "{}", answer.body);
        answer.says(422, NO_ADDRESS);
    });
}
