import { Button, Progress, TagsInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/format";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import css from "./dialogs.module.css";
import { tagContact } from "./tagging";

interface TagDialogProps {
  contactIds: string[];
  onClose: () => void;
  onDone?: () => void;
}

/** Gives tags to contacts, one after the other, and says how far it is. */
export function TagDialog({ contactIds, onClose, onDone }: TagDialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const queries = useQueryClient();
  const [tags, setTags] = useState<string[]>([]);
  const [search, setSearch] = useState("");
  const [done, setDone] = useState(0);
  const all = [...new Set([...tags, search.trim()].filter(Boolean))];
  const tag = useMutation({
    mutationFn: async () => {
      for (const [index, id] of contactIds.entries()) {
        await tagContact(id, all);
        setDone(index + 1);
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
        {tag.isPending && contactIds.length > 1 && (
          <Progress
            mt={16}
            size="sm"
            value={(done / contactIds.length) * 100}
            aria-label={t("bulk.progress")}
          />
        )}
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
