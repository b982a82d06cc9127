"""What the joined timeline calls each recorded act, by audience."""

from dataclasses import dataclass

from applications.requests.states import HISTORY


@dataclass(frozen=True, slots=True)
class Words:
    """`applicant` is empty for what stays inside the office; `reason` tells whether its reason is shown to him."""

    office: str
    applicant: str = ""
    reason: bool = False


TIMELINE: dict[str, Words] = {
    "claim.started": Words("开始填写", "开始填写"),
    "applications.claim.submit": Words("提交申报", "提交申报"),
    "applications.claim.discard": Words("作废草稿", "作废草稿"),
    "applications.claim.ask_correction": Words("退回补正", "需要补正"),
    "applications.claim.resubmit": Words("提交补正", "提交补正"),
    "applications.claim.lapse": Words("逾期未补正", "逾期未补正"),
    "applications.claim.accept": Words("受理", "已受理"),
    "applications.claim.refuse": Words("不予受理", "不予受理", reason=True),
    "applications.claim.withdraw": Words("申报单位撤回", "撤回申报", reason=True),
    "applications.claim.start_review": Words("转入审核", "转入审核"),
    "applications.claim.approve": Words("批复", "批复"),
    "applications.claim.reject": Words("不予支持", "不予支持", reason=True),
    "applications.claim.close": Words("办结", "办结"),
    "hold.contested": Words("费用凭证与另一份申报重号", "费用凭证与库内另一条记录重号，由工作人员核对"),
    "hold.chosen": Words("申报单位选定费用用在本申报", "选定费用用在本申报"),
    "hold.settled": Words("核对重号凭证"),
    "hold.displaced": Words("有一张凭证与库内另一条记录重号，待工作人员核对"),
    "review.expert_appointed": Words("请专家评审"),
    "review.assignment.take_on": Words("专家接受评审"),
    "review.assignment.recuse": Words("专家回避"),
    "review.assignment.sign_score": Words("专家提交评分"),
    "review.cost_verified": Words("核定一笔费用"),
    "review.opinion_given": Words("责任单位出具意见"),
    "review.recorded": Words("登记核查结果"),
    "review.reviewcase.to_experts": Words("送专家评审", "专家评审"),
    "review.reviewcase.to_acceptance": Words("转入验收核对", "验收核对"),
    "review.reviewcase.to_listing": Words("转入年度清单核对", "年度活动清单核对"),
    "review.reviewcase.to_verification": Words("转入逐笔核定", "逐笔核定费用"),
    "review.reviewcase.to_units": Words("送责任单位会商", "责任单位会商"),
    "review.reviewcase.propose": Words("提出拟支持意见", "提出拟支持意见"),
    "review.reviewcase.propose_rejection": Words("提出不予支持意见"),
    "review.reviewcase.send_back": Words("退回重新核定", "退回重新核定"),
    "review.reviewcase.send_back_rejection": Words("退回重新审核", "重新审核"),
    "review.reviewcase.endorse": Words("审定同意", "审定同意"),
    "review.reviewcase.confirm_rejection": Words("审定不予支持"),
    "review.reviewcase.post_notice": Words("发布公示", "开始公示"),
    "review.reviewcase.end_notice": Words("公示期满", "公示期满"),
    "review.reviewcase.approve": Words("签发批复"),
    "ledger.reserve": Words("预算预留"),
    "ledger.unreserve": Words("解除预留"),
    "ledger.commit": Words("预算占用"),
    "ledger.release": Words("释放占用"),
    "ledger.pay": Words("入账拨付"),
    "payout.account_given": Words("登记收款账户"),
    "payouts.payment.request": Words("提交收款信息", "提交收款信息"),
    "payouts.payment.enlist": Words("编入拨付批次", "编入拨付批次"),
    "payouts.payment.drop": Words("移出批次"),
    "payouts.payment.settle": Words("支付成功", "已拨付"),
    "payouts.payment.bounce": Words("银行退票", "银行退票", reason=True),
    "document.issued": Words("出具文件"),
    "paper.uploaded": Words("上传材料"),
    "paper.removed": Words("移除材料"),
}

RECORDS: dict[str, str] = {
    **{verb: f"需求和转办：{office}" for verb, (office, _) in HISTORY.items()},
    "batch.created": "建立拨付批次",
    "batch.exported": "导出Excel",
    "claim.committed": "签署信用承诺",
    "claim.nominated": "选择计入申报的费用",
    "claim.saved": "保存申报内容",
    "clauses.settingchange.approve": "批准口径调整",
    "clauses.settingchange.propose": "提出口径调整",
    "clauses.settingchange.refuse": "不批准口径调整",
    "clauses.settingchange.revoke": "撤销已批准的口径调整",
    "clauses.settingchange.withdraw": "撤回口径调整",
    "clock.moved": "调整演示的业务日期",
    "cost.added": "录入费用",
    "costs.imported": "成批录入费用",
    "costs.completed": "成批补填费用",
    "cost.reversed": "红字发票冲减费用",
    "import.started": "上传要导入的文件",
    "import.finished": "导入结束",
    "cost.changed": "修改费用",
    "cost.removed": "删除费用",
    "ledger.appropriate": "下达预算",
    "ledger.return": "退票冲回",
    "listed_event.added": "登记年度清单活动",
    "membership.added": "开通单位成员账号",
    "organisation.certified": "认证单位",
    "organisation.registered": "单位注册",
    "payouts.batch.cancel": "取消批次",
    "payouts.batch.release": "放行批次",
    "payouts.batch.send_back": "退回制单人",
    "payouts.batch.settle": "办结批次",
    "payouts.batch.submit": "提交复核",
    "project.created": "建立项目",
    "project.updated": "修改项目信息",
    "review.case.opened": "建立审核件",
    "review.scores_saved": "专家保存评分",
    "round.opened": "开放申报窗口",
    "staff.added": "开通工作人员账号",
    "staff.roles_changed": "调整工作人员角色",
    "token.created": "生成接口令牌",
    "token.revoked": "停用接口令牌",
    "user.closed": "停用账号",
    "user.opened": "恢复账号",
    "user.password_reset": "重设密码",
}


def record_words(verb: str) -> str:
    """What the auditor's records call an act; a verb of an older version, which has no words, keeps its code."""
    return TIMELINE[verb].office if verb in TIMELINE else RECORDS.get(verb, verb)
