/** Percorso's mark: a way between two points. */
export function Mark({ size = 22 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2.1"
      strokeLinecap="round"
      aria-hidden="true"
    >
      <circle cx="5" cy="5.5" r="2.3" />
      <path d="M7.5 5.5h1.7a2.5 2.5 0 0 1 2.5 2.5v8a2.5 2.5 0 0 0 2.5 2.5h2.3" />
      <circle cx="19" cy="18.5" r="2.3" />
    </svg>
  );
}
