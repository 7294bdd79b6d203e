import { Popover } from "@mantine/core";
import { type ReactNode, useState } from "react";
import css from "./parts.module.css";

interface PhraseProps {
  label: string;
  shown: string;
  look?: "field" | "value" | "words" | "bound";
  missing?: boolean;
  children: ReactNode;
}

/** A part of a sentence made of several choices: it stands as whole words, and opens a small form. */
export function Phrase({ label, shown, look = "value", missing, children }: PhraseProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      opened={open}
      onChange={setOpen}
      position="bottom-start"
      width={288}
      trapFocus
      returnFocus
      shadow="none"
      transitionProps={{ duration: 90 }}
    >
      <Popover.Target>
        <button
          type="button"
          className={css.part}
          data-look={look}
          data-missing={missing || undefined}
          aria-label={`${label}: ${shown}`}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {shown}
        </button>
      </Popover.Target>
      <Popover.Dropdown className={css.form} aria-label={label}>
        {children}
      </Popover.Dropdown>
    </Popover>
  );
}
