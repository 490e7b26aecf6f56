//! Numbers modulo 2^255 - 19, two at once, as vectors multiply 32 bits: WebAssembly without wide
//! arithmetic has no larger product.
//!
//! A number has ten limbs, of 26 and 25 bits by turns. A vector holds one of 26 bits and the one above
//! it, each of both numbers:
//!
//! ```text
//!   even   even'   odd   odd'
//! ```
//!
//! What is even is multiplied as a number of five limbs, 51 bits from one to the next, and what is odd
//! likewise, 26 bits above. Limbs that are multiplied may be thrice as large: the sums of their products
//! still fit words of 64 bits. No branch and no index depends on a number here.

use core::array::from_fn;

use zeroize::Zeroize;

use crate::lanes::{Half, Lanes, Wide};
use crate::multiplier::{Multiplier, Numbers};

/// What 2^255 is here.
const FOLD: u32 = 19;
/// The bit that each limb begins at, and the last one ends before.
const BITS: [u32; 11] = [0, 26, 51, 77, 102, 128, 153, 179, 204, 230, 255];
/// Added where something is subtracted: twice the modulus, each limb of which is above any that was
/// multiplied.
const ABOVE: Limbs = [
    2 * ((1 << 26) - 19),
    2 * ((1 << 25) - 1),
    2 * ((1 << 26) - 1),
    2 * ((1 << 25) - 1),
    2 * ((1 << 26) - 1),
    2 * ((1 << 25) - 1),
    2 * ((1 << 26) - 1),
    2 * ((1 << 25) - 1),
    2 * ((1 << 26) - 1),
    2 * ((1 << 25) - 1),
];

/// Of one number, the lowest first.
pub type Limbs = [u32; 10];

/// Of 256 bits, the highest of which is ignored (RFC 7748, section 5).
pub fn limbs(octets: &[u8; 32]) -> Limbs {
    let mut padded = [0; 40];
    padded[..32].copy_from_slice(octets);
    from_fn(|at| {
        let first = BITS[at] as usize / 8;
        let window = from_fn(|octet| padded[first + octet]);
        let limb = u64::from_le_bytes(window) >> (BITS[at] % 8);
        limb as u32 & ((1 << width(at)) - 1)
    })
}

/// The least number that is the same modulo 2^255 - 19.
pub fn octets(limbs: Limbs) -> [u8; 32] {
    let carry = |limbs: &mut Limbs, first: u32| {
        limbs
            .iter_mut()
            .enumerate()
            .fold(first, |carry, (at, limb)| {
                let sum = *limb + carry;
                *limb = sum & ((1 << width(at)) - 1);
                sum >> width(at)
            })
    };
    // With 19 more, it has bit 255 unless it is below the modulus.
    let is_over = carry(&mut limbs.clone(), FOLD);
    let mut least = limbs;
    carry(&mut least, FOLD * is_over);
    let mut octets = [0; 32];
    for (limb, bit) in least.into_iter().zip(BITS) {
        let place = octets.iter_mut().skip(bit as usize / 8);
        let shifted = u64::from(limb) << (bit % 8);
        place
            .zip(shifted.to_le_bytes())
            .for_each(|(octet, part)| *octet |= part);
    }
    octets
}

const fn width(at: usize) -> u32 {
    BITS[at + 1] - BITS[at]
}

/// Two numbers.
#[derive(Clone, Copy)]
pub struct Pair(Numbers);

impl Pair {
    pub fn new(first: &Limbs, second: &Limbs) -> Self {
        Self(from_fn(|at| {
            let (even, odd) = (2 * at, 2 * at + 1);
            Lanes::new([first[even], second[even], first[odd], second[odd]])
        }))
    }

    pub fn first(self) -> Limbs {
        from_fn(|at| {
            let limbs = self.0[at / 2];
            match at % 2 {
                0 => limbs.first(),
                _ => limbs.pick::<2, 2, 2, 2>(limbs).first(),
            }
        })
    }

    #[inline(always)]
    pub fn swapped(self) -> Self {
        self.with(self, Lanes::pick::<1, 0, 3, 2>)
    }

    /// The first of both.
    #[inline(always)]
    pub fn firsts(self, other: Self) -> Self {
        self.with(other, Lanes::pick::<0, 4, 2, 6>)
    }

    /// The first, and the second of another pair.
    #[inline(always)]
    pub fn first_and(self, second: Self) -> Self {
        self.with(second, Lanes::pick::<0, 5, 2, 7>)
    }

    #[inline(always)]
    pub fn add(self, other: Self) -> Self {
        self.with(other, Lanes::add)
    }

    /// Of products only.
    #[inline(always)]
    pub fn sub(self, other: Self) -> Self {
        self.add(Self::new(&ABOVE, &ABOVE)).with(other, Lanes::sub)
    }

    /// Where the bit is one, each is the other.
    #[inline(always)]
    pub fn swap_if(bit: u32, a: &mut Self, b: &mut Self) {
        let mask = Lanes::all(bit.wrapping_neg());
        let change = a.with(*b, |a, b| a.xor(b).and(mask));
        *a = a.with(change, Lanes::xor);
        *b = b.with(change, Lanes::xor);
    }

    #[inline(always)]
    fn with(self, other: Self, compute: impl Fn(Lanes, Lanes) -> Lanes) -> Self {
        Self(from_fn(|at| compute(self.0[at], other.0[at])))
    }

    #[inline(never)]
    pub fn times(&self, other: &Self) -> Self {
        let multiplier = Multiplier::new(other.0, FOLD);
        let crossed = multiplier.crossed().times(&self.0);
        let odd = crossed.map(|Wide([a, b])| a.add(b));
        product(multiplier.times(&self.0), odd)
    }

    /// By small numbers, each of one limb.
    #[inline(never)]
    pub fn scaled(&self, [first, second]: [u32; 2]) -> Self {
        let factors = Lanes::new([first, second, first, second]);
        let products = self.0.map(|limbs| limbs.times(factors).0);
        carried(from_fn(|at| products[at / 2][at % 2]))
    }

    #[inline(never)]
    pub fn squared(&self) -> Self {
        let multiplier = Multiplier::new(self.0, FOLD);
        let crossed = multiplier.crossed().times(&self.0);
        let odd = crossed.map(|Wide([half, _])| half.scale(2));
        product(multiplier.squared(), odd)
    }

    #[inline(never)]
    fn squared_times(mut self, times: u32) -> Self {
        for _ in 0..times {
            self = self.squared();
        }
        self
    }

    /// One divided by each, or zero by zero: to the power of 2^255 - 21.
    #[inline(never)]
    pub fn inverted(&self) -> Self {
        let to_9 = self.squared().squared_times(2).times(self);
        let to_11 = to_9.times(&self.squared());
        // To the power of 2^n - 1.
        let ones_5 = to_11.squared().times(&to_9);
        let ones_10 = ones_5.squared_times(5).times(&ones_5);
        let ones_20 = ones_10.squared_times(10).times(&ones_10);
        let ones_40 = ones_20.squared_times(20).times(&ones_20);
        let ones_50 = ones_40.squared_times(10).times(&ones_10);
        let ones_100 = ones_50.squared_times(50).times(&ones_50);
        let ones_200 = ones_100.squared_times(100).times(&ones_100);
        let ones_250 = ones_200.squared_times(50).times(&ones_50);
        ones_250.squared_times(5).times(&to_11)
    }
}

/// The limbs of a product: of what was multiplied with its like, and of what was with the other half.
#[inline(always)]
fn product(alike: [Wide; 5], odd: [Half; 5]) -> Pair {
    carried(from_fn(|at| match (at / 2, at % 2) {
        (at, 1) => odd[at],
        // Where two odd limbs met, that is a bit above the next even one.
        (0, _) => alike[0].0[0].add(alike[4].0[1].scale(2 * u64::from(FOLD))),
        (at, _) => alike[at].0[0].add(alike[at - 1].0[1].scale(2)),
    }))
}

/// Once around, so that the last limb keeps little more than its own, and each other what is its own.
#[inline(always)]
fn carried(mut sums: [Half; 10]) -> Pair {
    let mut carry = |from: usize| {
        let over = sums[from].shift_right(width(from));
        sums[from] = sums[from].low_bits(width(from));
        match from {
            9 => sums[0] = sums[0].add(over.scale(FOLD.into())),
            _ => sums[from + 1] = sums[from + 1].add(over),
        }
    };
    // No loop, which the component's profile would not unroll.
    carry(8);
    carry(9);
    carry(0);
    carry(1);
    carry(2);
    carry(3);
    carry(4);
    carry(5);
    carry(6);
    carry(7);
    carry(8);
    Pair(from_fn(|at| {
        Lanes::narrow([sums[2 * at], sums[2 * at + 1]])
    }))
}

impl Zeroize for Pair {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}
