import { Button, Menu } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/api/may";
import type { Contact } from "@/api/types";
import {
  IconChevronDown,
  IconDownload,
  IconShieldCheck,
  IconTag,
  IconTrash,
  IconUsersGroup,
} from "@/ui/icons";
import { GroupDialog } from "../bulk/group-dialog";
import { TagDialog } from "../bulk/tag-dialog";
import { EraseDialog } from "./erase-dialog";

interface ActionsProps {
  contact: Contact;
  title: string;
  onConsents: () => void;
}

/** What can be done with one contact; what the role does not allow is not shown. */
export function Actions({ contact, title, onConsents }: ActionsProps) {
  const { t } = useTranslation();
  const may = useMay();
  const [dialog, setDialog] = useState<"group" | "tag" | "erase" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      <Menu position="bottom-end" width={248} offset={6}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={15} stroke={1.8} />}>
            {t("contact.actions")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconShieldCheck size={16} stroke={1.7} />} onClick={onConsents}>
            {t("consents.title")}
          </Menu.Item>
          {may("contacts.write") && (
            <>
              <Menu.Item
                leftSection={<IconUsersGroup size={16} stroke={1.7} />}
                onClick={() => setDialog("group")}
              >
                {t("bulk.group")}
              </Menu.Item>
              <Menu.Item leftSection={<IconTag size={16} stroke={1.7} />} onClick={() => setDialog("tag")}>
                {t("bulk.tag")}
              </Menu.Item>
            </>
          )}
          {may("contacts.download") && (
            <Menu.Item
              component="a"
              href={`/api/v1/contacts/${contact.id}/export`}
              download
              leftSection={<IconDownload size={16} stroke={1.7} />}
            >
              {t("contact.exportAll")}
            </Menu.Item>
          )}
          {may("contacts.erase") && (
            <>
              <Menu.Divider />
              <Menu.Item
                color="red"
                leftSection={<IconTrash size={16} stroke={1.7} />}
                onClick={() => setDialog("erase")}
              >
                {t("erase.action")}
              </Menu.Item>
            </>
          )}
        </Menu.Dropdown>
      </Menu>
      {dialog === "group" && <GroupDialog contactIds={[contact.id]} onClose={close} />}
      {dialog === "tag" && <TagDialog contactIds={[contact.id]} onClose={close} />}
      {dialog === "erase" && <EraseDialog contactId={contact.id} title={title} onClose={close} />}
    </>
  );
}
