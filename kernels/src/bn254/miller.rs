//! The Miller loop of the optimal ate pairing (Vercauteren, 2010) for a product of pairings, with one square a doubling
//! for all of them.

use super::{
    Bn254Error,
    field::Fp,
    fp2::Fp2,
    fp6::Fp6,
    fp12::Fp12,
    jacobian::Affine,
    walk::{Line, Step, Walk, steps},
};

/// A point of G1 and a point of the twist.
pub(super) type Pair = (Affine<Fp>, Affine<Fp2>);

/// The product of the Miller functions of all pairs; an error if a Q is not in the subgroup of order r.
pub(super) fn miller_loop(pairs: &[Pair]) -> Result<Fp12, Bn254Error> {
    let mut walks: Vec<Walk> = pairs.iter().map(|&(_, q)| Walk::new(q)).collect();
    let mut product = Fp12::ONE;
    // Lines of walks that wait for a second one.
    let mut waiting: Option<Line> = None;
    for step in steps() {
        if step == Step::Double {
            if let Some(line) = waiting.take() {
                product = times_line(&product, &line);
            }
            product = product.square();
        }
        for (walk, (p, _)) in walks.iter_mut().zip(pairs) {
            let line = walk.step(step).at(p);
            match waiting.take() {
                None => waiting = Some(line),
                Some(other) => product = times_lines(&product, &other, &line),
            }
        }
    }
    if let Some(line) = waiting {
        product = times_line(&product, &line);
    }
    if !walks.iter().all(Walk::began_in_subgroup) {
        return Err(Bn254Error::NotInSubgroup);
    }
    Ok(product)
}

/// f times a line: 13 products in Fp2.
fn times_line(f: &Fp12, line: &Line) -> Fp12 {
    let t0 = f.c0.scale(line.a);
    let t1 = f.c1.times_two(line.b, line.c);
    let cross = (f.c0 + f.c1).times_two(line.a + line.b, line.c);
    Fp12::new(t0 + t1.times_v(), cross - t0 - t1)
}

/// f times two lines: six products for the lines, 17 with f.
fn times_lines(f: &Fp12, l: &Line, m: &Line) -> Fp12 {
    let (aa, bb, cc) = (l.a * m.a, l.b * m.b, l.c * m.c);
    let ab = (l.a + l.b) * (m.a + m.b) - aa - bb;
    let ac = (l.a + l.c) * (m.a + m.c) - aa - cc;
    let bc = (l.b + l.c) * (m.b + m.c) - bb - cc;
    // With w² = v and v³ = ξ: aa + ξ·cc, ab·w, bb·w², ac·w³, bc·w⁴.
    let even = Fp6::new(aa + cc.times_xi(), bb, bc);
    let t0 = f.c0.times(&even);
    let t1 = f.c1.times_two(ab, ac);
    let sum = Fp6::new(even.c0 + ab, even.c1 + ac, even.c2);
    let cross = (f.c0 + f.c1).times(&sum);
    Fp12::new(t0 + t1.times_v(), cross - t0 - t1)
}
