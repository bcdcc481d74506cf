<%@ Page Language="C#" %>
<script runat="server">
  protected void Page_Load(object sender, EventArgs e) {
    if (Request.Form["entry"] == null) return;
    System.IO.File.AppendAllText(Server.MapPath("~/App_Data/guestbook.txt"), Server.HtmlEncode(Request.Form["entry"]));
  }
</script>
