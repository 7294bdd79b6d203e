import { Button, TagsInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import css from "./dialogs.module.css";

interface TagDialogProps {
  contactIds: string[];
  onClose: () => void;
  onDone?: () => void;
}

/** Contacts of one call: as many as the server takes. */
const AT_ONCE = 1_000;

/** Gives tags to contacts, all at once. */
export function TagDialog({ contactIds, onClose, onDone }: TagDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [tags, setTags] = useState<string[]>([]);
  const [search, setSearch] = useState("");
  const all = [...new Set([...tags, search.trim()].filter(Boolean))];
  const tag = useMutation({
    mutationFn: async () => {
      for (let from = 0; from < contactIds.length; from += AT_ONCE) {
        const body = { contactIds: contactIds.slice(from, from + AT_ONCE), add: all };
        await dataOf(client.PATCH("/api/v1/contacts/tags", { body }));
      }
    },
    onSuccess: async () => {
      onDone?.();
      onClose();
      await queries.invalidateQueries({ queryKey: ["contact"] });
      await queries.invalidateQueries({ queryKey: ["contacts"] });
    },
  });
  return (
    <Dialog
      title={t("bulk.tagTitle", { count: contactIds.length, n: format.number(contactIds.length) })}
      onClose={onClose}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (all.length > 0) tag.mutate();
        }}
      >
        <TagsInput
          label={t("contact.tags")}
          description={t("bulk.tagWords")}
          value={tags}
          onChange={setTags}
          searchValue={search}
          onSearchChange={setSearch}
          maxTags={20}
          maxLength={100}
          data-autofocus
        />
        <Problem error={tag.error} />
        <div className={css.foot}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" disabled={all.length === 0} loading={tag.isPending}>
            {t("bulk.tagConfirm")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
