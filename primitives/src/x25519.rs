//! X25519 (RFC 7748).

use core::hint::black_box;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use crate::field25519::{Limbs, Pair, limbs, octets};

/// The base point's (section 4.1).
const BASE: u32 = 9;
/// (486662 - 2) / 4, of the curve's equation.
const A24: u32 = 121_665;

#[inline(never)]
pub fn x25519_public_key(secret: &[u8; 32]) -> [u8; 32] {
    let by_factors = |pair: &Pair| pair.scaled([A24, BASE]);
    octets(multiple(secret, &small(BASE), &by_factors))
}

/// None where the peer's point is of small order, which gives zeros with every secret.
#[inline(never)]
pub fn x25519(secret: &[u8; 32], peer: &[u8; 32]) -> Option<Zeroizing<[u8; 32]>> {
    let point = limbs(peer);
    let factors = Pair::new(&small(A24), &point);
    let by_factors = |pair: &Pair| factors.times(pair);
    let shared = Zeroizing::new(octets(multiple(secret, &point, &by_factors)));
    let is_zero = shared.ct_eq(&[0; 32]);
    (!bool::from(is_zero)).then_some(shared)
}

/// By Montgomery's ladder: of a point, its multiples by the secret's first bits and by one more.
/// `by_factors` multiplies with A24, and with the point.
fn multiple(secret: &[u8; 32], point: &Limbs, by_factors: &dyn Fn(&Pair) -> Pair) -> Limbs {
    let secret = clamped(secret);
    let mut multiple = Zeroizing::new(Pair::new(&small(1), &small(0)));
    let mut next = Zeroizing::new(Pair::new(point, &small(1)));
    let mut are_swapped = 0;
    for at in (0..255).rev() {
        // The compiler is not to know that this is one of two.
        let bit = black_box(u32::from(secret[at / 8] >> (at % 8) & 1));
        Pair::swap_if(bit ^ are_swapped, &mut multiple, &mut next);
        are_swapped = bit;
        (*multiple, *next) = step(&multiple, &next, by_factors);
    }
    // The last bits are zeros, so that nothing is swapped.
    let mut divisor = multiple.swapped().inverted();
    let quotient = multiple.times(&divisor).first();
    divisor.zeroize();
    quotient
}

/// A point's double, and its sum with the next one: each as a fraction, RFC 7748's variables by name.
#[inline(always)]
fn step(point: &Pair, next: &Pair, by_factors: &dyn Fn(&Pair) -> Pair) -> (Pair, Pair) {
    let a_b = sum(point).firsts(difference(point));
    let d_c = difference(next).firsts(sum(next));
    let da_cb = a_b.times(&d_c);
    let aa_bb = a_b.squared();
    let e = difference(&aa_bb);
    let squares = sum(&da_cb).firsts(difference(&da_cb)).squared();
    let products = by_factors(&e.first_and(squares));
    let double = aa_bb
        .firsts(e)
        .times(&aa_bb.swapped().firsts(aa_bb.add(products)));
    (double, squares.first_and(products))
}

#[inline(always)]
fn sum(pair: &Pair) -> Pair {
    pair.add(pair.swapped())
}

/// The first less the second, and the second less the first.
#[inline(always)]
fn difference(pair: &Pair) -> Pair {
    pair.sub(pair.swapped())
}

const fn small(number: u32) -> Limbs {
    [number, 0, 0, 0, 0, 0, 0, 0, 0, 0]
}

/// A multiple of eight, and bit 254 its highest (section 5).
fn clamped(secret: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut secret = Zeroizing::new(*secret);
    secret[0] &= 0b1111_1000;
    secret[31] &= 0b0111_1111;
    secret[31] |= 0b0100_0000;
    secret
}

#[cfg(test)]
mod tests {
    use x25519_dalek::x25519 as expected;

    use super::*;

    fn shared(secret: &[u8; 32], point: &[u8; 32]) -> [u8; 32] {
        x25519(secret, point).map_or([0; 32], |shared| *shared)
    }

    /// RFC 7748, section 5.2.
    #[test]
    fn a_thousand_steps_from_the_base_point_end_where_the_rfc_does() {
        let base = {
            let mut base = [0; 32];
            base[0] = 9;
            base
        };
        let (mut secret, mut point) = (base, base);
        for _ in 0..1000 {
            (secret, point) = (shared(&secret, &point), secret);
        }
        let rfc = [
            0x68, 0x4c, 0xf5, 0x9b, 0xa8, 0x33, 0x09, 0x55, 0x28, 0x00, 0xef, 0x56, 0x6f, 0x2f,
            0x4d, 0x3c, 0x1c, 0x38, 0x87, 0xc4, 0x93, 0x60, 0xe3, 0x87, 0x5f, 0x2e, 0xb9, 0x4d,
            0x99, 0x53, 0x2c, 0x51,
        ];
        assert_eq!(secret, rfc);
    }

    #[test]
    fn points_at_the_edge_of_the_modulus_are_those_of_the_library() {
        // Where carries run far: numbers about zero, 2^255 - 19, 2^255 and 2^256, and all octets alike.
        let about = |octet: u8, last: u8| {
            (0..=255).map(move |first| {
                let mut number = [octet; 32];
                (number[0], number[31]) = (first, last);
                number
            })
        };
        let edges = [
            about(0, 0),
            about(0xff, 0x7f),
            about(0, 0x80),
            about(0xff, 0xff),
        ];
        let alike = (0..=255).map(|octet| [octet; 32]);
        for point in edges.into_iter().flatten().chain(alike) {
            let secret = point.map(|octet| octet ^ 0x5a);
            assert_eq!(shared(&secret, &point), expected(secret, point));
        }
    }

    #[test]
    fn public_keys_are_those_of_the_library() {
        let mut secret = [7; 32];
        for _ in 0..100 {
            let public = x25519_public_key(&secret);
            assert_eq!(
                public,
                expected(secret, x25519_dalek::X25519_BASEPOINT_BYTES)
            );
            secret = public;
        }
    }

    #[test]
    fn points_of_small_order_are_refused() {
        for first in [0, 1] {
            let mut point = [0; 32];
            point[0] = first;
            assert_eq!(x25519(&[7; 32], &point), None);
        }
    }
}
