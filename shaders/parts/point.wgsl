// Points in Jacobian coordinates, x = X/Z² and y = Y/Z³.
//
// The sum of equal points and the sum of opposite ones come out with Z = 0, and whatever is made of them keeps it: Z' is a
// multiple of Z in both formulas. So no exception goes unseen, and none is looked for on the way.

struct Jacobian {
    x: Fe,
    y: Fe,
    z: Fe,
}

/// 2P in 3 products and 4 squares. With S = Y², L = 3X²/2, T = X·S: X' = L² - 2T, Y' = L(T - X') - S², Z' = Y·Z.
fn point_double(p: Jacobian) -> Jacobian {
    let s = fe_square(p.y);
    let l = fe_three_halves(fe_square(p.x));
    let t = fe_multiply(p.x, s);
    let x = fe_subtract_twice(fe_square(l), t);
    let y = fe_subtract(fe_multiply(l, fe_subtract(t, x)), fe_square(s));
    return Jacobian(x, y, fe_multiply(p.y, p.z));
}

struct Sum {
    point: Jacobian,
    /// What Z was multiplied with.
    ratio: Fe,
}

/// P + Q of an affine Q = (x, y) in 8 products and 3 squares. With H = x·Z² - X, R = y·Z³ - Y, V = X·H²:
/// X' = R² - H³ - 2V, Y' = R(V - X') - Y·H³, Z' = Z·H.
fn point_add(p: Jacobian, x: Fe, y: Fe) -> Sum {
    let zz = fe_square(p.z);
    let h = fe_subtract(fe_multiply(x, zz), p.x);
    let r = fe_subtract(fe_multiply(y, fe_multiply(zz, p.z)), p.y);
    let hh = fe_square(h);
    let hhh = fe_multiply(h, hh);
    let v = fe_multiply(p.x, hh);
    let new_x = fe_subtract_twice(fe_subtract(fe_square(r), hhh), v);
    let new_y = fe_subtract(fe_multiply(r, fe_subtract(v, new_x)), fe_multiply(p.y, hhh));
    return Sum(Jacobian(new_x, new_y, fe_multiply(p.z, h)), h);
}
