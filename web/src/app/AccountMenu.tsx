import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";

import { api } from "@/api/client";
import { may, meQuery } from "@/api/queries";
import { useMe } from "@/components/me";
import { Menu, MenuChoice, MenuItem, MenuLine, MenuLink } from "@/components/Menu";
import { isLanguage, LANGUAGES, setLanguage } from "@/texts";

import { setTheme, useTheme, type Theme } from "./theme";

/** One's account, the places of administrators, and how the pages look and speak. */
export default function AccountMenu() {
  const { t, i18n } = useTranslation();
  const me = useMe();
  const theme = useTheme();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const signOut = async () => {
    try {
      await api.POST("/v1/auth/sign-out");
    } finally {
      queryClient.clear();
      queryClient.setQueryData(meQuery.queryKey, null);
      await navigate({ to: "/sign-in" });
    }
  };
  return (
    <Menu label={t("app.menu")} icon={<UserRound size={20} aria-hidden />} defaultOpen>
      <MenuLine>{me.email}</MenuLine>
      <MenuLink to="/account">{t("app.account")}</MenuLink>
      {may(me, "editor") && (
        <>
          <MenuLink to="/words">{t("app.words")}</MenuLink>
          <MenuLink to="/synonyms">{t("app.synonyms")}</MenuLink>
        </>
      )}
      {may(me, "admin") && (
        <>
          <MenuLink to="/admin/users">{t("app.users")}</MenuLink>
          <MenuLink to="/admin/sources">{t("app.sources")}</MenuLink>
          <MenuLink to="/admin/shop">{t("app.shop")}</MenuLink>
          <MenuLink to="/admin/analytics">{t("app.analytics")}</MenuLink>
          <MenuLink to="/admin/webhooks">{t("app.webhooks")}</MenuLink>
          <MenuLink to="/admin/models">{t("app.models")}</MenuLink>
          <MenuLink to="/admin/audit">{t("app.audit")}</MenuLink>
          <MenuLink to="/admin/system">{t("app.system")}</MenuLink>
        </>
      )}
      <MenuChoice
        label={t("app.theme")}
        value={theme}
        choices={{ auto: t("app.auto"), light: t("app.light"), dark: t("app.dark") }}
        onChange={(value) => setTheme(value as Theme)}
      />
      <MenuChoice
        label={t("app.language")}
        value={i18n.language}
        choices={LANGUAGES}
        onChange={(value) => {
          if (isLanguage(value)) void setLanguage(value, true);
        }}
      />
      <MenuItem onClick={() => void signOut()}>{t("app.signOut")}</MenuItem>
    </Menu>
  );
}
