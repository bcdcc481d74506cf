<%@ Page Language="C#" %>
<script runat="server">
  void Send_Click(object sender, EventArgs e) { if (photo.HasFile) photo.SaveAs(Server.MapPath("~/photos/") + Guid.NewGuid() + ".jpg"); }
</script>
<form runat="server"><asp:FileUpload id="photo" runat="server" /></form>
