//! Fields with addresses: folded after a comma, or between a name and its mailbox.

use super::address::{Address, Group};
use super::field::Field;
use super::phrase::phrase;

/// Writes the addresses, then the groups: one reader takes the comma after a group for a part of the next
/// address. Writes no field for none.
pub(super) fn write_addresses<'a>(
    message: &mut Vec<u8>,
    name: &str,
    addresses: &[Address],
    groups: impl Iterator<Item = &'a Group>,
) {
    let mut items: Vec<_> = addresses.iter().map(address).collect();
    for group in groups {
        push_group(&mut items, group);
    }
    write_list(message, name, items);
}

/// Writes a field of items with commas between them, or none for no items. An item is words that are folded
/// apart only if they do not fit on a line.
pub(super) fn write_list(message: &mut Vec<u8>, name: &str, mut items: Vec<Vec<String>>) {
    let Some((_, before_last)) = items.split_last_mut() else {
        return;
    };
    for item in before_last {
        // After a group's name there is no comma.
        if !item.last().is_some_and(|last| last.ends_with(':')) {
            push_to_last(item, ',');
        }
    }
    let mut field = Field::new(message, name);
    for item in &items {
        field.words(item);
    }
    field.end();
}

fn address(address: &Address) -> Vec<String> {
    let Some(name) = address.shown_name() else {
        return vec![address.mailbox.clone()];
    };
    vec![phrase(name), format!("<{}>", address.mailbox)]
}

fn push_group(items: &mut Vec<Vec<String>>, group: &Group) {
    let mut name = vec![phrase(group.name.trim_matches(' '))];
    // A blank follows an encoded word, even before a colon (RFC 2047, section 5, rule 3).
    if name.last().is_some_and(|last| last.ends_with("?=")) {
        push_to_last(&mut name, ' ');
    }
    push_to_last(&mut name, ':');
    let mut members: Vec<_> = group.members.iter().map(address).collect();
    let end = members.last_mut().unwrap_or(&mut name);
    push_to_last(end, ';');
    items.push(name);
    items.append(&mut members);
}

fn push_to_last(words: &mut [String], mark: char) {
    if let Some(last) = words.last_mut() {
        last.push(mark);
    }
}
