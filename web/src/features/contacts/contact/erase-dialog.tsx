import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { client, dataOf } from "@/api/client";
import { Dialog } from "@/ui/dialog";
import { Problem } from "@/ui/problem";
import css from "./erase-dialog.module.css";

interface EraseDialogProps {
  contactId: string;
  title: string;
  onClose: () => void;
}

/** Asks to type who is to be forgotten: what is erased cannot be brought back. */
export function EraseDialog({ contactId, title, onClose }: EraseDialogProps) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const erase = useMutation({
    mutationFn: () =>
      dataOf(client.POST("/api/v1/contacts/{id}/erasure", { params: { path: { id: contactId } } })),
    onSuccess: async () => {
      await navigate({ to: "/contacts", search: { erased: true }, replace: true });
      queries.removeQueries({ queryKey: ["contact", contactId] });
      await queries.invalidateQueries({ queryKey: ["contacts"] });
    },
  });
  const ready = typed.trim() === title;
  return (
    <Dialog title={t("erase.title", { name: title })} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) erase.mutate();
        }}
      >
        <p className={css.words}>{t("erase.words")}</p>
        <ul className={css.points}>
          <li>{t("erase.leaves")}</li>
          <li>{t("erase.keeps")}</li>
        </ul>
        <TextInput
          label={t("erase.type", { name: title })}
          value={typed}
          autoComplete="off"
          data-autofocus
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Problem error={erase.error} />
        <div className={css.foot}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" className={css.danger} disabled={!ready} loading={erase.isPending}>
            {t("erase.confirm")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
