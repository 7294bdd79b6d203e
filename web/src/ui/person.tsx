import css from "./person.module.css";

/** The first letters of a name, or of an address. */
function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return (
    letters
      .map((word) => Array.from(word ?? "")[0] ?? "")
      .join("")
      .toLocaleUpperCase() || "·"
  );
}

/** A round with the initials of a contact. */
export function Person({ name, size = 30 }: { name: string; size?: number }) {
  return (
    <span className={css.round} style={{ width: size, height: size, fontSize: size * 0.38 }} aria-hidden>
      {initials(name)}
    </span>
  );
}
