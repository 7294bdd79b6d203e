import { Button, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import type { EventType } from "@/api/data";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import css from "./events.module.css";

interface EditEventProps {
  /** The type as it is, declared or only seen; none: a new one. */
  type: EventType | undefined;
  name: string;
  onClose: () => void;
}

/** A JSON object, null for nothing, undefined for what is neither. */
function readSchema(text: string): Record<string, unknown> | null | undefined {
  if (text.trim() === "") return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Declares an event type, or changes one: its names, and what its properties must be. */
export function EditEvent({ type, name: given, onClose }: EditEventProps) {
  const { t } = useTranslation();
  const language = useFormat().locale.language as "it" | "en";
  const queries = useQueryClient();
  const [name, setName] = useState(given);
  const [labels, setLabels] = useState<{ it: string; en: string }>(type?.labels ?? { it: "", en: "" });
  const [text, setText] = useState(type?.schema ? JSON.stringify(type.schema, null, 2) : "");
  const schema = readSchema(text);
  const after = async () => {
    await queries.invalidateQueries({ queryKey: ["eventTypes"] });
    onClose();
  };
  const save = useMutation({
    mutationFn: () =>
      dataOf(
        client.PUT("/api/v1/event-types/{name}", {
          params: { path: { name: name.trim() } },
          body: { labels, schema: schema ?? null },
        }),
      ),
    onSuccess: after,
  });
  const remove = useMutation({
    mutationFn: () => dataOf(client.DELETE("/api/v1/event-types/{name}", { params: { path: { name } } })),
    onSuccess: after,
  });
  const ready = Boolean(name.trim() && labels.it.trim() && labels.en.trim() && schema !== undefined);
  return (
    <Dialog
      title={type ? t("events.editTitle", { name: type.labels[language] || name }) : t("events.declare")}
      onClose={onClose}
      size={560}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) save.mutate();
        }}
      >
        {!type && (
          <TextInput
            label={t("events.eventName")}
            description={t("events.eventNameWords")}
            value={name}
            maxLength={200}
            mb={14}
            data-autofocus
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <div className={css.two}>
          <TextInput
            label={t("fieldsRoom.labelIt")}
            value={labels.it}
            maxLength={200}
            data-autofocus={type !== undefined || undefined}
            onChange={(event) => setLabels({ ...labels, it: event.currentTarget.value })}
          />
          <TextInput
            label={t("fieldsRoom.labelEn")}
            value={labels.en}
            maxLength={200}
            onChange={(event) => setLabels({ ...labels, en: event.currentTarget.value })}
          />
        </div>
        <Textarea
          className={css.code}
          label={t("events.schema")}
          description={t("events.schemaWords")}
          placeholder={'{ "type": "object", "required": ["orderId"] }'}
          value={text}
          autosize
          minRows={6}
          maxRows={16}
          spellCheck={false}
          error={schema === undefined && t("events.schemaWrong")}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Problem error={save.error ?? remove.error} />
        <div className={css.foot}>
          {type?.origin === "declared" ? (
            <Button variant="default" loading={remove.isPending} onClick={() => remove.mutate()}>
              {t("fieldsRoom.remove")}
            </Button>
          ) : (
            <span />
          )}
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={!ready} loading={save.isPending}>
            {t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
