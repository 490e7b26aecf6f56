//! LIMITS (RFC 9422): how much a server takes in one session and in one transaction; and batches, the
//! recipients of a message split into transactions.
//!
//! ```text
//! 250 LIMITS MAILMAX=20 RCPTMAX=50 RCPTDOMAINMAX=1
//! ```

use super::decimal;
use super::extensions::Extensions;
use super::mailbox::Mailbox;
use std::collections::{BTreeMap, BTreeSet};

/// Recipients that every server has to take in one transaction (RFC 5321, section 4.5.3.1.8).
pub(crate) const RECIPIENTS_OF_ALL: u32 = 100;

/// Recipients in one transaction if the server gives no limit: Postfix's default, smtpd_recipient_limit. A
/// server that takes fewer refuses the others.
const RECIPIENTS: u32 = 1000;

/// Digits of a limit, of which the first is not 0 (RFC 9422).
const MAX_DIGITS: usize = 6;

/// The limits that the server announces. Unknown and malformed ones are ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// MAILMAX: transactions in one session.
    pub transactions: Option<u32>,
    /// RCPTMAX: recipients in one transaction.
    pub recipients: Option<u32>,
    /// RCPTDOMAINMAX: different domains of recipients in one transaction.
    pub domains: Option<u32>,
}

impl Limits {
    /// Reads LIMITS in the reply to EHLO.
    pub fn of(extensions: &Extensions) -> Self {
        let mut limits = Self::default();
        for limit in extensions.get("LIMITS").unwrap_or_default().split(' ') {
            let Some((name, value)) = limit.split_once('=') else {
                continue;
            };
            let known = match &*name.to_ascii_uppercase() {
                "MAILMAX" => &mut limits.transactions,
                "RCPTMAX" => &mut limits.recipients,
                "RCPTDOMAINMAX" => &mut limits.domains,
                _ => continue,
            };
            // If a name comes twice, the lower limit counts.
            *known = known.iter().copied().chain(number(value)).min();
        }
        limits
    }

    /// The indices of the recipients for each transaction, in order. If domains are limited, recipients of
    /// one domain come together.
    pub fn batches(&self, recipients: &[Mailbox]) -> Vec<Vec<usize>> {
        let mut batches = Batches::default();
        for (i, recipient) in recipients.iter().enumerate() {
            let domain = recipient.domain().unwrap_or_default().to_ascii_lowercase();
            batches.add(i, domain, self);
        }
        batches.members
    }

    fn has_room(&self, recipients: usize) -> bool {
        is_below(recipients, Some(self.recipients.unwrap_or(RECIPIENTS)))
    }
}

#[derive(Default)]
struct Batches {
    members: Vec<Vec<usize>>,
    /// The domains of the last batch.
    domains: BTreeSet<String>,
    /// The last batch that has recipients of each domain.
    known: BTreeMap<String, usize>,
}

impl Batches {
    /// Adds to the last batch of this domain, else to the last batch, else to a new one.
    fn add(&mut self, recipient: usize, domain: String, limits: &Limits) {
        let own = self.known.get(&domain).copied();
        if let Some(batch) = own.and_then(|own| self.members.get_mut(own))
            && limits.has_room(batch.len())
        {
            batch.push(recipient);
            return;
        }
        let takes_domain = is_below(self.domains.len(), limits.domains);
        match self.members.last_mut() {
            Some(last) if takes_domain && limits.has_room(last.len()) => last.push(recipient),
            _ => {
                self.domains.clear();
                self.members.push(vec![recipient]);
            }
        }
        self.known.insert(domain.clone(), self.members.len() - 1);
        self.domains.insert(domain);
    }
}

/// From 1 to 999999.
fn number(value: &str) -> Option<u32> {
    decimal::parse(value, MAX_DIGITS).filter(|_| !value.starts_with('0'))
}

fn is_below(count: usize, limit: Option<u32>) -> bool {
    limit.is_none_or(|limit| u64::try_from(count).is_ok_and(|count| count < limit.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smtp::reply::Reply;
    use proptest::prelude::*;

    fn limits(line: &str) -> Limits {
        Limits::of(&Extensions::from_reply(&Reply {
            code: 250,
            enhanced: None,
            lines: vec!["mail.example.org".into(), line.into()],
        }))
    }

    fn recipients(domains: &[&str]) -> Vec<Mailbox> {
        let address = |domain| Mailbox::parse_recipient(&format!("a@{domain}")).unwrap();
        domains.iter().map(address).collect()
    }

    // Conformance: 61
    #[test]
    fn limits_are_read_by_name_in_any_order_and_case() {
        let all = Limits {
            transactions: Some(20),
            recipients: Some(50),
            domains: Some(1),
        };
        assert_eq!(limits("LIMITS MAILMAX=20 RCPTMAX=50 RCPTDOMAINMAX=1"), all);
        assert_eq!(limits("limits rcptdomainmax=1 RcptMax=50  mailmax=20"), all);
        assert_eq!(limits("HELP"), Limits::default());
    }

    // Conformance: 61
    #[test]
    fn unknown_and_malformed_limits_are_ignored_and_the_others_count() {
        for limit in [
            "RCPTMAX",
            "RCPTMAX=",
            "RCPTMAX=0",
            "RCPTMAX=-1",
            "RCPTMAX=+1",
            "RCPTMAX=010",
            "RCPTMAX=1000000",
            "RCPTMAX=5x",
            "=5",
            "XMAX=5",
            "RCPTMAX==5",
        ] {
            let found = limits(&format!("LIMITS {limit} MAILMAX=2"));
            assert_eq!(
                (found.recipients, found.transactions),
                (None, Some(2)),
                "{limit}"
            );
        }
        let found = limits("LIMITS RCPTMAX=7 RCPTMAX=999999 RCPTMAX=x");
        assert_eq!(found.recipients, Some(7));
    }

    // Conformance: 17
    #[test]
    fn without_limits_a_transaction_has_a_thousand_recipients() {
        let recipients = recipients(&["x.example"; 2001]);
        let batches = Limits::default().batches(&recipients);
        assert_eq!(
            batches.iter().map(Vec::len).collect::<Vec<_>>(),
            [1000, 1000, 1]
        );
        assert!(batches.into_iter().flatten().eq(0..2001));
    }

    // Conformance: 61
    #[test]
    fn the_limit_of_the_server_replaces_the_thousand() {
        let recipients = recipients(&["x.example"; 250]);
        let sizes = |line| {
            let batches = limits(line).batches(&recipients);
            batches.iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(sizes("LIMITS RCPTMAX=200"), [200, 50]);
        assert_eq!(sizes("LIMITS RCPTMAX=90"), [90, 90, 70]);
    }

    // Conformance: 61
    #[test]
    fn recipients_of_one_domain_share_a_transaction_if_domains_are_limited() {
        let recipients = recipients(&["x", "y", "X", "z", "y", "x", "z"]);
        let batches = |line| limits(line).batches(&recipients);
        assert_eq!(
            batches("LIMITS RCPTDOMAINMAX=1"),
            [vec![0, 2, 5], vec![1, 4], vec![3, 6]]
        );
        assert_eq!(
            batches("LIMITS RCPTDOMAINMAX=2"),
            [vec![0, 1, 2, 4, 5], vec![3, 6]]
        );
        assert_eq!(
            batches("LIMITS RCPTMAX=2 RCPTDOMAINMAX=1"),
            [vec![0, 2], vec![1, 4], vec![3, 6], vec![5]]
        );
    }

    #[test]
    fn the_bare_postmaster_has_a_domain_of_its_own() {
        let recipients = ["postmaster", "a@x", "Postmaster"];
        let recipients = recipients.map(|r| Mailbox::parse_recipient(r).unwrap());
        let batches = limits("LIMITS RCPTDOMAINMAX=1").batches(&recipients);
        assert_eq!(batches, [vec![0, 2], vec![1]]);
    }

    proptest! {
        #[test]
        fn every_recipient_is_in_one_batch_and_no_batch_is_over_a_limit(
            domains in prop::collection::vec("[a-e]", 0..300),
            most in prop::option::of(1u32..150),
            most_domains in prop::option::of(1u32..5),
        ) {
            let domains: Vec<_> = domains.iter().map(|d| &**d).collect();
            let limits = Limits { recipients: most, domains: most_domains, ..Limits::default() };
            let batches = limits.batches(&recipients(&domains));
            for batch in &batches {
                let different: BTreeSet<_> = batch.iter().map(|&i| domains[i]).collect();
                prop_assert!(batch.is_sorted() && !batch.is_empty());
                prop_assert!(batch.len() <= most.unwrap_or(RECIPIENTS) as usize);
                prop_assert!(different.len() <= most_domains.unwrap_or(5) as usize);
            }
            let mut all: Vec<_> = batches.into_iter().flatten().collect();
            all.sort_unstable();
            prop_assert!(all.into_iter().eq(0..domains.len()));
        }
    }
}
