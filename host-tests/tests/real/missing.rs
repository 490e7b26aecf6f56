//! Describes a message that did not arrive unchanged.

/// Compares a missing message with the most similar one that arrived.
pub(crate) fn describe_missing(sent: &[Vec<u8>], arrived: &[&[u8]]) -> String {
    let counts = format!("{} sent, {} arrived", sent.len(), arrived.len());
    let Some(lost) = sent.iter().find(|sent| !arrived.contains(&&sent[..])) else {
        return format!("{counts}, and some not as often as sent");
    };
    let alike = |other: &[u8]| lost.iter().zip(other).take_while(|(a, b)| a == b).count();
    let nearest = arrived.iter().max_by_key(|other| alike(other));
    let nearest = nearest.copied().unwrap_or_default();
    let same = alike(nearest);
    let around = |bytes: &[u8]| {
        let excerpt = &bytes[same.saturating_sub(80)..bytes.len().min(same + 40)];
        String::from_utf8_lossy(excerpt).into_owned()
    };
    let (sent, arrived) = (around(lost), around(nearest));
    format!("{counts}; alike for {same} octets:\nsent {sent:?}\narrived {arrived:?}")
}
