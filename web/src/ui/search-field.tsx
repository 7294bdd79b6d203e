import { CloseButton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconSearch } from "./icons";

interface SearchFieldProps {
  label: string;
  value: string | undefined;
  /** Called a moment after the typing stopped; undefined when the field is empty. */
  onSearch: (value: string | undefined) => void;
  width?: number | string;
}

/** A search field; `/` puts the cursor into it. */
export function SearchField({ label, value, onSearch, width = 300 }: SearchFieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value ?? "");
  const field = useRef<HTMLInputElement>(null);
  const tell = useDebouncedCallback((text: string) => onSearch(text.trim() || undefined), 220);
  useEffect(() => setTyped(value ?? ""), [value]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const inField = event.target instanceof HTMLElement && event.target.closest("input,textarea,select");
      if (event.key !== "/" || inField || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      field.current?.focus();
    };
    window.addEventListener("keydown", focus);
    return () => window.removeEventListener("keydown", focus);
  }, []);
  const change = (text: string) => {
    setTyped(text);
    tell(text);
  };
  return (
    <TextInput
      ref={field}
      type="search"
      size="sm"
      w={{ base: "100%", xs: width }}
      maw="100%"
      aria-label={label}
      placeholder={label}
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={16} stroke={1.7} aria-hidden />}
      rightSection={
        typed && <CloseButton size="sm" aria-label={t("common.clear")} onClick={() => change("")} />
      }
    />
  );
}
