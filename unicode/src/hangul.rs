//! Hangul syllables, composed and decomposed by arithmetic (The Unicode Standard, section 3.12).

const LEADING: u32 = 0x1100;
const VOWEL: u32 = 0x1161;
/// One before the first trailing consonant.
const TRAILING: u32 = 0x11a7;
const SYLLABLE: u32 = 0xac00;
const LEADINGS: u32 = 19;
const VOWELS: u32 = 21;
/// "No trailing consonant" counts as one.
const TRAILINGS: u32 = 28;

pub(crate) fn decompose(c: char, add: &mut dyn FnMut(char)) {
    let Some(syllable) = index(c, SYLLABLE, LEADINGS * VOWELS * TRAILINGS) else {
        return add(c);
    };
    let (block, trailing) = (syllable / TRAILINGS, syllable % TRAILINGS);
    let parts = [LEADING + block / VOWELS, VOWEL + block % VOWELS];
    let last = (trailing > 0).then_some(TRAILING + trailing);
    parts
        .into_iter()
        .chain(last)
        .filter_map(char::from_u32)
        .for_each(add);
}

pub(crate) fn compose([first, second]: [char; 2]) -> Option<char> {
    let leading = index(first, LEADING, LEADINGS);
    let block = leading.zip(index(second, VOWEL, VOWELS));
    let syllable = match block {
        Some((leading, vowel)) => (leading * VOWELS + vowel) * TRAILINGS,
        None => {
            let open = index(first, SYLLABLE, LEADINGS * VOWELS * TRAILINGS)?;
            let trailing = index(second, TRAILING, TRAILINGS)?;
            (open % TRAILINGS == 0 && trailing > 0).then_some(open + trailing)?
        }
    };
    char::from_u32(SYLLABLE + syllable)
}

fn index(c: char, first: u32, count: u32) -> Option<u32> {
    let index = u32::from(c).checked_sub(first)?;
    (index < count).then_some(index)
}
