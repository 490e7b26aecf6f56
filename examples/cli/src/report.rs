//! Reports the result for each recipient.

use crate::advice;
use crate::envoi::mail::smtp::Receipt;
use crate::exit::{self, Failure};
use crate::print;

/// Prints the accepted recipients. If there are others, they are the failure.
pub(crate) fn report(receipt: &Receipt) -> Result<(), Failure> {
    let accepted = receipt.accepted.iter().map(advice::recipient);
    print(
        &accepted
            .map(|line| format!("accepted: {line}\n"))
            .collect::<String>(),
    )?;
    let mut missed = Vec::new();
    if !receipt.refused.is_empty() {
        let refused: Vec<_> = receipt.refused.iter().map(advice::recipient).collect();
        missed.push(format!("not delivered to {}", refused.join("; ")));
    }
    if !receipt.unknown.is_empty() {
        let unknown = receipt.unknown.join(", ");
        missed.push(format!(
            "the connection ended before the answer: it may have been delivered to {unknown}; \
             sending it again may deliver it twice"
        ));
    }
    if !receipt.unsent.is_empty() {
        let unsent = receipt.unsent.iter().map(advice::unsent);
        missed.push(format!(
            "not sent to {}",
            unsent.collect::<Vec<_>>().join("; ")
        ));
    }
    if missed.is_empty() {
        return Ok(());
    }
    let code = if receipt.unknown.is_empty() && receipt.unsent.is_empty() {
        exit::of_recipients(&receipt.refused)
    } else {
        exit::TEMPORARY
    };
    Err(Failure::new(code, missed.join("\n           ")))
}
