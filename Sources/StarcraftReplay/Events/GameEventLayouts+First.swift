extension GameEventLayouts {
    private static let unitTarget8 =
        "{targetUnitFlags:u8 timer:u8 tag:u32 snapshotUnitLink:u16 snapshotPlayerId:?u4 snapshotPoint:{x:u20 y:u20 z:i32}}"

    /// The flags of `UserOptions` in 1.0.
    static let firstOptions =
        "{developmentCheatsEnabled:b multiplayerCheatsEnabled:b syncChecksummingEnabled:b isMapToMapTransition:b}"

    /// The layouts of 1.0 (15405).
    static let first: [Change] = [
        Change(0, 5, "UserFinishedLoadingSync", "{}"),
        Change(0, 7, "BankFile", "{name:str(7)}"), Change(0, 8, "BankSection", "{name:str(6)}"),
        Change(0, 9, "BankKey", "{name:str(6) type:u32 data:str(7)}"),
        Change(0, 10, "BankValue", "{type:u32 name:str(6) data:str(12)}"),
        Change(0, 11, "UserOptions", firstOptions),
        Change(0, 22, "SaveGame", "{fileName:str(11) automatic:b overwrite:b name:str(8) description:str(10)}"),
        Change(0, 23, "SaveGameDone", "{}"), Change(0, 25, "PlayerLeave", "{}"),
        Change(0, 26, "GameCheat", "{data:{point:{x:i32 y:i32} time:i32 verb:str(10) arguments:str(10)}}"),
        Change(
            0, 27, "Cmd",
            "{cmdFlags:u32 abilLink:u16 abilCmdIndex:u8 abilCmdData:u8 targetUnitFlags:u8 targetUnitTimer:u8 otherUnit:u32 targetUnitTag:u32 targetUnitSnapshotUnitLink:u16 targetUnitSnapshotPlayerId:?u4 targetPoint:{x:i32 y:i32 z:i32}}"
        ),
        Change(
            0, 28, "SelectionDelta",
            "{controlGroupId:u4 delta:{subgroupIndex:u8 removeMask:bits(8) addSubgroups:[8]{unitLink:u16 intraSubgroupPriority:u8 count:u8} addUnitTags:[8]u32}}"
        ),
        Change(0, 29, "ControlGroupUpdate", "{controlGroupIndex:u4 controlGroupUpdate:u2 mask:?bits(8)}"),
        Change(
            0, 30, "SelectionSyncCheck",
            "{controlGroupId:u4 selectionSyncData:{count:u8 subgroupCount:u8 activeSubgroupIndex:u8 unitTagsChecksum:u32 subgroupIndicesChecksum:u32 subgroupsChecksum:u32}}"
        ),
        Change(0, 31, "ResourceTrade", "{recipientId:u4 resources:[3]i32}"),
        Change(0, 32, "TriggerChatMessage", "{chatMessage:str(10)}"),
        Change(
            0, 33, "AICommunicate",
            "{beacon:i8 ally:i8 autocast:i8 targetUnitTag:u32 targetUnitSnapshotUnitLink:u16 targetUnitSnapshotPlayerId:?u4 targetPoint:{x:i32 y:i32 z:i32}}"
        ),
        Change(0, 34, "SetAbsoluteGameSpeed", "{speed:u3}"), Change(0, 35, "AddAbsoluteGameSpeed", "{delta:i8}"),
        Change(0, 37, "BroadcastCheat", "{verb:str(10) arguments:str(10)}"),
        Change(0, 38, "Alliance", "{alliance:u32 control:u32}"), Change(0, 39, "UnitClick", "{unitTag:u32}"),
        Change(0, 40, "UnitHighlight", "{unitTag:u32 flags:u8}"),
        Change(0, 41, "TriggerReplySelected", "{conversationId:i32 replyId:i32}"),
        Change(0, 44, "TriggerSkipped", "{}"),
        Change(0, 45, "TriggerSoundLengthQuery", "{soundHash:u32 length:u32}"),
        Change(0, 46, "TriggerSoundOffset", "{sound:u32}"),
        Change(0, 47, "TriggerTransmissionOffset", "{transmissionId:i32}"),
        Change(0, 48, "TriggerTransmissionComplete", "{transmissionId:i32}"),
        Change(0, 49, "CameraUpdate", "{target:{x:u16 y:u16} distance:?u16 pitch:?u16 yaw:?u16}"),
        Change(0, 50, "TriggerAbortMission", "{}"), Change(0, 51, "TriggerPurchaseMade", "{purchaseItemId:i32}"),
        Change(0, 52, "TriggerPurchaseExit", "{}"),
        Change(0, 53, "TriggerPlanetMissionLaunched", "{difficultyLevel:i32}"),
        Change(0, 54, "TriggerPlanetPanelCanceled", "{}"),
        Change(
            0, 55, "TriggerDialogControl",
            "{controlId:i32 eventType:i32 eventData:ch3(0 None:- | 1 Checked:b | 2 ValueChanged:u32 | 3 SelectionChanged:i32 | 4 TextChanged:str(11))}"
        ),
        Change(0, 56, "TriggerSoundLengthSync", "{syncInfo:{soundHash:[8]u32 length:[8]u32}}"),
        Change(0, 57, "TriggerConversationSkipped", "{skipType:u1}"),
        Change(
            0, 58, "TriggerMouseClicked",
            "{button:u32 down:b posXUI:u32 posYUI:u32 posXWorld:i32 posYWorld:i32 posZWorld:i32}"),
        Change(0, 63, "TriggerPlanetPanelReplay", "{}"),
        Change(0, 64, "TriggerSoundtrackDone", "{soundtrack:u32}"),
        Change(0, 65, "TriggerPlanetMissionSelected", "{planetId:i32}"),
        Change(0, 66, "TriggerKeyPressed", "{key:i8 flags:i8}"),
        Change(0, 67, "TriggerMovieFunction", "{functionName:str(7)}"),
        Change(0, 68, "TriggerPlanetPanelBirthComplete", "{}"),
        Change(0, 69, "TriggerPlanetPanelDeathComplete", "{}"),
        Change(0, 70, "ResourceRequest", "{resources:[3]i32}"),
        Change(0, 71, "ResourceRequestFulfill", "{fulfillRequestId:i32}"),
        Change(0, 72, "ResourceRequestCancel", "{cancelRequestId:i32}"),
        Change(0, 73, "TriggerResearchPanelExit", "{}"), Change(0, 74, "TriggerResearchPanelPurchase", "{}"),
        Change(0, 75, "TriggerResearchPanelSelectionChanged", "{researchItemId:i32}"),
        Change(0, 76, "LagMessage", "{laggingPlayerId:u4}"),
        Change(0, 77, "TriggerMercenaryPanelExit", "{}"), Change(0, 78, "TriggerMercenaryPanelPurchase", "{}"),
        Change(0, 79, "TriggerMercenaryPanelSelectionChanged", "{mercenaryId:i32}"),
        Change(0, 80, "TriggerVictoryPanelExit", "{}"), Change(0, 81, "TriggerBattleReportPanelExit", "{}"),
        Change(0, 82, "TriggerBattleReportPanelPlayMission", "{battleReportId:i32 difficultyLevel:i32}"),
        Change(0, 83, "TriggerBattleReportPanelPlayScene", "{battleReportId:i32}"),
        Change(0, 84, "TriggerBattleReportPanelSelectionChanged", "{battleReportId:i32}"),
        Change(0, 85, "TriggerVictoryPanelPlayMissionAgain", "{difficultyLevel:i32}"),
        Change(0, 86, "TriggerMovieStarted", "{}"), Change(0, 87, "TriggerMovieFinished", "{}"),
        Change(0, 88, "DecrementGameTimeRemaining", "{decrementMs:u32}"),
        Change(0, 89, "TriggerPortraitLoaded", "{portraitId:i32}"),
        Change(0, 90, "TriggerCustomDialogDismissed", "{result:i32}"),
        Change(0, 91, "TriggerGameMenuItemSelected", "{gameMenuItemIndex:i32}"),
        Change(0, 92, "TriggerCameraMove", "{reason:i8}"),
        Change(0, 93, "TriggerPurchasePanelSelectedPurchaseItemChanged", "{purchaseItemId:i32}"),
        Change(0, 94, "TriggerPurchasePanelSelectedPurchaseCategoryChanged", "{purchaseCategoryId:i32}"),
        Change(0, 95, "TriggerButtonPressed", "{button:u16}"), Change(0, 96, "TriggerGameCreditsFinished", "{}"),
        command(16561, flags: 17, unit: unitTarget8), command(18468, flags: 18, unit: unitTarget8),
    ]

    /// A command of 1.1 or later.
    static func command(_ since: Int, flags: Int, unit: String, tail: String = "otherUnit:?u32") -> Change {
        Change(
            since, 27, "Cmd",
            "{cmdFlags:u\(flags) abil:?{abilLink:u16 abilCmdIndex:u5 abilCmdData:?u8} data:ch2(0 None:- | 1 TargetPoint:{x:u20 y:u20 z:i32} | 2 TargetUnit:\(unit) | 3 Data:u32) \(tail)}"
        )
    }
}
